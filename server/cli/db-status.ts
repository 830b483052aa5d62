import { findMigrations } from '../../db/migrate';
import { NOT_SO, defineCommand } from './command';
import { withDatabase } from './store';
import { words } from '../../words/words';

export const dbStatus = defineCommand({
  about: words('server.db_status.about'),
  exitCodes: { [NOT_SO]: words('server.db_status.exit_1') },
  run: ({ config }) =>
    withDatabase(config, async ({ db, kind }) => {
      const { known, unknown } = await findMigrations(db);
      const missing = known.filter(({ applied }) => !applied).map(({ name }) => name);
      const state = unknown.length > 0 ? 'newer' : missing.length > 0 ? 'behind' : 'current';
      const at = known.findLast(({ applied }) => applied)?.name ?? null;
      const shown = {
        kind: kind === 'pglite' ? words('server.db_status.embedded') : 'PostgreSQL',
        at: at ?? words('server.db_status.nothing_yet'),
      };
      const line = {
        current: words('server.db_status.current', shown),
        behind: words('server.db_status.behind', { ...shown, count: missing.length, all: known.length }),
        newer: words('server.db_status.newer', { ...shown, count: unknown.length }),
      }[state];
      return {
        json: { database: kind, state, at, missing },
        lines: [line],
        exitCode: state === 'current' ? 0 : NOT_SO,
      };
    }),
});
