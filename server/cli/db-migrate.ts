import { findMigrations, migrateUp } from '../../db/migrate';
import { defineCommand } from './command';
import { withDatabase } from './store';
import { words } from '../../words/words';

export const dbMigrate = defineCommand({
  about: words('server.db_migrate.about'),
  run: ({ config }) =>
    withDatabase(config, async (database) => {
      const before = (await findMigrations(database.db)).known.filter(({ applied }) => !applied);
      const { unindexed } = await migrateUp(database);
      const applied = before.map(({ name }) => name);
      const lines = applied.map((name) => words('server.db_migrate.applied', { name }));
      if (applied.length === 0) lines.push(words('server.db_migrate.nothing'));
      if (unindexed) lines.push(words('server.db_migrate.unindexed', { reason: unindexed }));
      return { json: { applied, unindexed }, lines };
    }),
});
