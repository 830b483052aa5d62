import { readArchive } from '../backup/archive';
import { readPassphrase } from '../backup/read-passphrase';
import { NotEmptyError, restoreParts } from '../backup/restore-parts';
import { ArchiveError } from '../backup/seal-archive';
import { DumpError } from '../../db/dump/load-rows';
import { configFileOf } from '../config';
import { CommandError, defineCommand } from './command';

/** EX_DATAERR and EX_CANTCREAT of sysexits.h. */
const EX_DATAERR = 65;
const EX_CANTCREAT = 73;

export const restore = defineCommand({
  about:
    'On a machine where no server has been, as the user that will run it. The configuration is this machine’s, or where it\n' +
    'has none at that place, the backup’s. A backup of an embedded database can be put into PostgreSQL, and the other way\n' +
    'round. Nothing is done before the whole file has proved to be as it was written. Then start the server: agents come\n' +
    'back by themselves, if it has the address that they know.',
  flags: { 'passphrase-file': { type: 'string', value: 'FILE', about: 'mode 0600; its first line opens the backup' } },
  exitCodes: {
    [EX_DATAERR]: 'the backup does not open, is not whole, or is of a newer SysManage',
    [EX_CANTCREAT]: 'there is another CA or secret already',
  },
  async run({ operands: [file], flags, config }) {
    const passphrase = await readPassphrase(flags['passphrase-file']);
    try {
      for await (const _part of readArchive(file!, passphrase)); // to its end: it is whole
      const restored = await restoreParts(readArchive(file!, passphrase), {
        configArgs: config,
        settings: configFileOf(config),
      });
      const rows = Object.values(restored.tables).reduce((sum, count) => sum + count, 0);
      return {
        json: restored,
        text: [
          `Restored ${rows} rows, the CA and the secret as of ${restored.at}.`,
          ...(restored.settings ? [`The configuration is in ${restored.settings}.`] : []),
        ].join('\n'),
      };
    } catch (error) {
      if (error instanceof ArchiveError || error instanceof DumpError)
        throw new CommandError(error.message, EX_DATAERR);
      if (error instanceof NotEmptyError) throw new CommandError(error.message, EX_CANTCREAT);
      throw error;
    }
  },
});
