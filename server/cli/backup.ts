import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { writeArchive } from '../backup/archive';
import { ArchiveError } from '../backup/seal-archive';
import { makeParts } from '../backup/make-parts';
import { readPassphrase } from '../backup/read-passphrase';
import { configFileOf, loadConfig } from '../config';
import { CommandError } from '../process/command-error';
import { refuseOthers } from '../process/find-owner';
import { defineCommand } from './command';
import { words } from '../../words/words';

/** EX_UNAVAILABLE of sysexits.h. */
const EX_UNAVAILABLE = 69;

export const backup = defineCommand({
  about: words('server.backup.about'),
  flags: { 'passphrase-file': { type: 'string', value: 'FILE', about: words('server.backup.passphrase_file') } },
  async run({ operands: [file], flags, config: configArgs }) {
    const passphrase = await readPassphrase(flags['passphrase-file']);
    const config = loadConfig(configArgs);
    await refuseOthers(config);
    const path = resolve(file!);
    await writeArchive(path, passphrase, makeParts(config, configFileOf(configArgs))).catch((error: unknown) => {
      if (!(error instanceof ArchiveError)) throw error;
      throw new CommandError(words('server.backup.not_whole'), EX_UNAVAILABLE);
    });
    const { size } = await stat(path);
    return {
      json: { file: path, bytes: size },
      lines: [words('server.backup.made', { file: path, kilobytes: Math.ceil(size / 1024) })],
    };
  },
});
