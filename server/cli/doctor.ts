import { ConfigError, configFileOf, loadConfig } from '../config';
import { checkCertificates } from '../doctor/check-certificates';
import { checkClock } from '../doctor/check-clock';
import { checkDatabase } from '../doctor/check-database';
import { checkDisk } from '../doctor/check-disk';
import { checkFiles } from '../doctor/check-files';
import { checkPorts } from '../doctor/check-ports';
import { about, type Finding } from '../doctor/finding';
import { isServing } from '../doctor/is-serving';
import { findOtherOwner } from '../process/find-owner';
import { defineCommand, NOT_SO } from './command';
import { words } from '../../words/words';
import { inEnglish } from '../../words/say';
import { columnsOf } from '../../words/wrap';

const STATES = ['good', 'warning', 'bad'] as const;

export const doctor = defineCommand({
  about: words('server.doctor.about'),
  exitCodes: { 0: words('server.doctor.exit_0'), [NOT_SO]: words('server.doctor.exit_1') },
  async run({ config, say }) {
    const findings = await examine(config);
    const isWell = findings.every(({ state }) => state !== 'bad');
    const signs = Object.fromEntries(STATES.map((state) => [state, say(words(`server.doctor.state.${state}`))]));
    const width = Math.max(...Object.values(signs).map(columnsOf));
    const lines = findings.flatMap(({ state, about, said, mend }) => {
      const sign = signs[state]!;
      const thing = words(`server.doctor.thing.${about}`);
      return [
        `${sign}${' '.repeat(width - columnsOf(sign))}  ${say(words('server.doctor.finding', { thing, finding: said }))}`,
        ...(mend ? [`${' '.repeat(width)}  ${say(words('server.doctor.mend', { mend }))}`] : []),
      ];
    });
    return { json: { isWell, findings: findings.map(inJson) }, lines, exitCode: isWell ? 0 : NOT_SO };
  },
});

/** For scripts: the same in every language. */
const inJson = ({ state, about, said, mend }: Finding) => ({
  state,
  about,
  words: inEnglish(said),
  ...(mend && { mend: inEnglish(mend) }),
});

async function examine(args: string[]): Promise<Finding[]> {
  let config;
  try {
    config = loadConfig(args);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.said.map((mistake) => about('configuration').bad(mistake, words('server.doctor.configuration.mend')));
  }
  const configuration = about('configuration').good(words('server.doctor.configuration.right'));
  const files = await checkFiles(config, configFileOf(args));
  const owner = await findOtherOwner(config);
  if (owner !== null) {
    const mend = `sudo -u '#${owner}' sysmanage doctor`;
    const found = words('server.doctor.files.of_others', { owner: String(owner) });
    return [configuration, ...files, about('files').bad(found, mend)];
  }
  const { findings, isHeld, clock } = await checkDatabase(config);
  return [
    configuration,
    ...files,
    ...(await checkPorts(config, isHeld || (await isServing(config)))),
    ...(await checkClock(config, clock)),
    ...(await checkCertificates(config)),
    ...findings,
    ...(await checkDisk(config)),
  ];
}
