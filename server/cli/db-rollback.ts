import { findMigrations, migrateDown } from '../../db/migrate';
import { CommandError } from '../process/command-error';
import { defineCommand } from './command';
import { withDatabase } from './store';
import { words } from '../../words/words';

export const dbRollback = defineCommand({
  about: words('server.db_rollback.about'),
  flags: { to: { type: 'string', value: 'ID', about: words('server.db_rollback.to') } },
  async run({ operands: [count], flags: { to }, config }) {
    if (to !== undefined && count !== undefined) throw new CommandError(words('server.db_rollback.not_both'));
    const steps = Number(count ?? 1);
    if (!Number.isInteger(steps) || steps < 1)
      throw new CommandError(words('server.db_rollback.no_number', { given: count! }));
    return withDatabase(config, async (database) => {
      const last = to === undefined ? steps : { after: nameOf(to, (await findMigrations(database.db)).known) };
      const undone = await migrateDown(database, last);
      const lines = undone.map((name) => words('server.db_rollback.done', { name }));
      return { json: { undone }, lines: lines.length > 0 ? lines : [words('server.db_rollback.nothing')] };
    });
  },
});

/** By its number alone, too. */
function nameOf(id: string, known: { name: string; applied: boolean }[]): string {
  const found = known.find(({ name }) => name === id || name.split('_')[0] === id);
  if (!found) throw new CommandError(words('server.db_rollback.unknown', { name: id }));
  if (!found.applied) throw new CommandError(words('server.db_rollback.not_applied', { name: found.name }));
  return found.name;
}
