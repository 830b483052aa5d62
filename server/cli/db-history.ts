import { findMigrations } from '../../db/migrate';
import { defineCommand } from './command';
import { withDatabase } from './store';

export const dbHistory = defineCommand({
  about: 'Oldest first. With the embedded database, stop the server first.',
  run: ({ config }) =>
    withDatabase(config, async ({ db }) => {
      const { known, unknown } = await findMigrations(db);
      const migrations = known.map(({ name, timestamp, applied }) => ({
        id: name,
        state: applied ? 'applied' : 'missing',
        writtenAt: new Date(timestamp).toISOString(),
      }));
      const newer = unknown.map((timestamp) => new Date(timestamp).toISOString());
      const text = [
        ...migrations.map(({ id, state }) => `${state}  ${id}`),
        ...newer.map((at) => `newer    written ${at}, which this program does not know`),
      ].join('\n');
      return { json: { migrations, newer }, text };
    }),
});
