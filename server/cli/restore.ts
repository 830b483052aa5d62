import { readArchive } from '../backup/archive';
import { readPassphrase } from '../backup/read-passphrase';
import { NotEmptyError, type Restored, restoreParts } from '../backup/restore-parts';
import { ArchiveError } from '../backup/seal-archive';
import { DumpError } from '../../db/dump/load-rows';
import { configFileOf } from '../config';
import { CommandError } from '../process/command-error';
import { defineCommand } from './command';
import { type Words, words } from '../../words/words';

/** EX_DATAERR and EX_CANTCREAT of sysexits.h. */
const EX_DATAERR = 65;
const EX_CANTCREAT = 73;

export const restore = defineCommand({
  about: words('server.restore.about'),
  flags: { 'passphrase-file': { type: 'string', value: 'FILE', about: words('server.restore.passphrase_file') } },
  exitCodes: { [EX_DATAERR]: words('server.restore.exit_65'), [EX_CANTCREAT]: words('server.restore.exit_73') },
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
        lines: [
          words('server.restore.done', { count: rows, at: restored.at }),
          ...sayWhere(restored.settings),
          words('server.restore.since'),
        ],
      };
    } catch (error) {
      if (error instanceof ArchiveError || error instanceof DumpError) throw new CommandError(error.said, EX_DATAERR);
      if (error instanceof NotEmptyError) throw new CommandError(error.said, EX_CANTCREAT);
      throw error;
    }
  },
});

function sayWhere({ inForce, ofBackup }: Restored['settings']): Words[] {
  if (inForce === null || ofBackup === null) return [];
  if (inForce === ofBackup) return [words('server.restore.settings', { path: inForce })];
  return [words('server.restore.settings_differ', { path: inForce, other: ofBackup })];
}
