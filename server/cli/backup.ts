import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { writeArchive } from '../backup/archive';
import { ArchiveError } from '../backup/seal-archive';
import { makeParts } from '../backup/make-parts';
import { readPassphrase } from '../backup/read-passphrase';
import { configFileOf, loadConfig } from '../config';
import { CommandError, defineCommand } from './command';
import { refuseOthers } from './store';

/** EX_UNAVAILABLE of sysexits.h. */
const EX_UNAVAILABLE = 69;

export const backup = defineCommand({
  about:
    'One encrypted file with the database as it is at one moment, the CA, the secret and the configuration’s file, while\n' +
    'the server runs or not. It is all that a restore needs, and all that an attacker needs: keep the passphrase elsewhere.',
  flags: {
    'passphrase-file': { type: 'string', value: 'FILE', about: 'mode 0600; its first line encrypts the backup' },
  },
  async run({ operands: [file], flags, config: configArgs }) {
    const passphrase = await readPassphrase(flags['passphrase-file']);
    const config = loadConfig(configArgs);
    await refuseOthers(config);
    const path = resolve(file!);
    await writeArchive(path, passphrase, makeParts(config, configFileOf(configArgs))).catch((error: unknown) => {
      if (!(error instanceof ArchiveError)) throw error;
      throw new CommandError('the server did not give all of its database; its log says why', EX_UNAVAILABLE);
    });
    const { size } = await stat(path);
    return { json: { file: path, bytes: size }, text: `${path}: ${Math.ceil(size / 1024)} KB` };
  },
});
