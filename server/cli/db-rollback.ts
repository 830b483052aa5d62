import { findMigrations, migrateDown } from '../../db/migrate';
import { CommandError, defineCommand } from './command';
import { withDatabase } from './store';

export const dbRollback = defineCommand({
  about:
    'Before an older server is started again. What the schema has no place for any more is lost: make a backup first.\n' +
    'All of it is taken back, or nothing. The newer program does it: the older one does not know the steps.',
  flags: {
    to: { type: 'string', value: 'ID', about: 'take back all that came after this one, as db history names it' },
  },
  async run({ operands: [count], flags: { to }, config }) {
    if (to !== undefined && count !== undefined) throw new CommandError('N or --to ID, not both');
    const steps = Number(count ?? 1);
    if (!Number.isInteger(steps) || steps < 1) throw new CommandError(`${count}: this is no number of migrations`);
    return withDatabase(config, async (database) => {
      const last = to === undefined ? steps : { after: nameOf(to, (await findMigrations(database.db)).known) };
      const undone = await migrateDown(database, last);
      const text =
        undone.length > 0 ? undone.map((name) => `took back ${name}`).join('\n') : 'there is nothing to take back';
      return { json: { undone }, text };
    });
  },
});

/** By its number alone, too. */
function nameOf(id: string, known: { name: string; applied: boolean }[]): string {
  const found = known.find(({ name }) => name === id || name.split('_')[0] === id);
  if (!found) throw new CommandError(`${id}: there is no such migration; sysmanage db history names them`);
  if (!found.applied) throw new CommandError(`${found.name} is not applied, so nothing came after it`);
  return found.name;
}
