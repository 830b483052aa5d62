import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeSearchIndex } from './search-index';
import { testDatabase } from './testing';

test('whoever may not have pg_trgm is told so, and has the index once it is permitted', async () => {
  const database = await testDatabase();
  await database.db.execute(sql`drop extension pg_trgm cascade`);
  const role = 'may_not_extend';
  await database.db.execute(sql.raw(`create role ${role}`));
  try {
    await database.onOneConnection(async (db) => {
      await db.execute(sql.raw(`set role ${role}`));
      expect(await makeSearchIndex(db)).toMatch(/permission denied to create extension "pg_trgm"/);
      await db.execute(sql`reset role`);
    });
    expect(await makeSearchIndex(database.db)).toBeNull();
    const { rows } = await database.db.execute(sql`select indexdef from pg_indexes where indexname = 'host_searched'`);
    expect(rows).toEqual([{ indexdef: expect.stringContaining('gin_trgm_ops') }]);
    // And again, as at every start.
    expect(await makeSearchIndex(database.db)).toBeNull();
  } finally {
    await database.db.execute(sql.raw(`drop role ${role}`));
    await database.close();
  }
});
