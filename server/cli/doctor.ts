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

const SIGNS = { good: 'ok     ', warning: 'warning', bad: 'BAD    ' };

export const doctor = defineCommand({
  about:
    'Looks at configuration, files, ports, clock, certificates, database and disk, and says how to mend what is wrong.\n' +
    'Run it as the user that runs the server, while that runs or not. It makes nothing.',
  exitCodes: { 0: 'nothing is wrong; there may be warnings', [NOT_SO]: 'something is wrong' },
  async run({ config }) {
    const findings = await examine(config);
    const isWell = findings.every(({ state }) => state !== 'bad');
    const lines = findings.flatMap(({ state, about, words, mend }) => [
      `${SIGNS[state]}  ${about}: ${words}`,
      ...(mend ? [`         mend: ${mend}`] : []),
    ]);
    return { json: { isWell, findings }, text: lines.join('\n'), exitCode: isWell ? 0 : NOT_SO };
  },
});

async function examine(args: string[]): Promise<Finding[]> {
  let config;
  try {
    config = loadConfig(args);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((mistake) => about('configuration').bad(mistake, 'as it says; sysmanage config check'));
  }
  const configuration = about('configuration').good('it is right');
  const files = await checkFiles(config, configFileOf(args));
  const owner = await findOtherOwner(config);
  if (owner !== null) {
    const mend = `sudo -u '#${owner}' sysmanage doctor`;
    return [configuration, ...files, about('files').bad(`the server’s files belong to the user ${owner}`, mend)];
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
