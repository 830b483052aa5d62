import { findMigrations } from '../../db/migrate';
import { defineCommand } from './command';
import { withDatabase } from './store';
import { words } from '../../words/words';

export const dbHistory = defineCommand({
  about: words('server.db_history.about'),
  run: ({ config }) =>
    withDatabase(config, async ({ db }) => {
      const { known, unknown } = await findMigrations(db);
      const migrations = known.map(({ name, timestamp, applied }) => ({
        id: name,
        state: applied ? ('applied' as const) : ('missing' as const),
        writtenAt: new Date(timestamp).toISOString(),
      }));
      const newer = unknown.map((timestamp) => new Date(timestamp).toISOString());
      const lines = [
        ...migrations.map(({ id, state }) => words(`server.db_history.${state}`, { name: id })),
        ...newer.map((at) => words('server.db_history.newer', { at })),
      ];
      return { json: { migrations, newer }, lines };
    }),
});
