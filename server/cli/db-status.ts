import { findMigrations } from '../../db/migrate';
import { NOT_SO, defineCommand } from './command';
import { withDatabase } from './store';

export const dbStatus = defineCommand({
  about: 'With the embedded database, stop the server first; while it runs, its /readyz says as much.',
  exitCodes: { [NOT_SO]: 'migrations are missing, or the database is newer than this program' },
  run: ({ config }) =>
    withDatabase(config, async ({ db, kind }) => {
      const { known, unknown } = await findMigrations(db);
      const missing = known.filter(({ applied }) => !applied).map(({ name }) => name);
      const state = unknown.length > 0 ? 'newer' : missing.length > 0 ? 'behind' : 'current';
      const words = {
        current: 'is at the last migration',
        behind: `lacks ${missing.length} of ${known.length} migrations: sysmanage db migrate, or start the server`,
        newer: `was migrated by a newer SysManage: it has ${unknown.length} steps that this one does not know`,
      }[state];
      const at = known.findLast(({ applied }) => applied)?.name ?? null;
      return {
        json: { database: kind, state, at, missing },
        text: `The database (${kind === 'pglite' ? 'embedded' : 'PostgreSQL'}) ${words}${at ? ` (${at})` : ''}.`,
        exitCode: state === 'current' ? 0 : NOT_SO,
      };
    }),
});
