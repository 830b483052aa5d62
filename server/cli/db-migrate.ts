import { findMigrations, migrateUp } from '../../db/migrate';
import { defineCommand } from './command';
import { withDatabase } from './store';

export const dbMigrate = defineCommand({
  about:
    'The server does so at each start. All that is missing is applied, or nothing. With the embedded database, stop the\nserver first.',
  run: ({ config }) =>
    withDatabase(config, async (database) => {
      const before = (await findMigrations(database.db)).known.filter(({ applied }) => !applied);
      const { unindexed } = await migrateUp(database);
      const applied = before.map(({ name }) => name);
      const lines = applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['nothing was missing'];
      if (unindexed) lines.push(`searches read every host: PostgreSQL has no pg_trgm for us (${unindexed})`);
      return { json: { applied, unindexed }, text: lines.join('\n') };
    }),
});
