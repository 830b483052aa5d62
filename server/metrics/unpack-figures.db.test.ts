import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { migrateDown, migrateUp, readJournal } from '../../db/migrate';
import { testDatabase } from '../../db/testing';
import { seedHosts } from '../hosts/testing';
import { LEVELS } from './levels';
import { makePartition } from './partitions';

const START = Date.UTC(2026, 5, 1) / 1000;

/** A row of a level, by its start: some of its arrays are short where all of it was the same. */
const ROWS = [
  { lowest: [], average: [5, 5, 6], highest: [], counts: [2] },
  { lowest: [1, 2], average: [3, 4], highest: [5, 6], counts: [20] },
  { lowest: [1, 2], average: [3, 4], highest: [5, 6], counts: [20, 19] },
  { lowest: [], average: [7], highest: [], counts: [1] },
];

test('the way back before packed figures says of each bucket what the packed row says once', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const { db } = database;
  const [hostId] = await seedHosts(db, [{}]);
  await db.execute(sql`insert into metric_series (host_id, metric) values (${hostId}, 1)`);
  const array = (figures: number[], type: string) => sql`${`{${figures.join()}}`}::${sql.raw(type)}[]`;
  for (const { table, period } of LEVELS)
    for (const [n, { lowest, average, highest, counts }] of ROWS.entries()) {
      const at = START + n * period;
      await makePartition(db, table, at);
      await db.execute(sql`
        insert into ${sql.identifier(table)} (series_id, start, lowest, average, highest, counts)
        select id, to_timestamp(${at}::float8), ${array(lowest, 'real')}, ${array(average, 'real')},
          ${array(highest, 'real')}, ${array(counts, 'smallint')} from metric_series`);
    }

  const names = readJournal().map(({ tag }) => tag);
  const packed = names.find((tag) => tag.endsWith('_host_counts'))!;
  await migrateDown(database, { after: names[names.indexOf(packed) - 1]! });
  for (const { table } of LEVELS) {
    const { rows } = await db.execute(
      sql`select lowest, average, highest, counts from ${sql.identifier(table)} order by start`,
    );
    expect(rows, table).toEqual([
      { lowest: [5, 5, 6], average: [5, 5, 6], highest: [5, 5, 6], counts: [2, 2, 2] },
      { lowest: [1, 2], average: [3, 4], highest: [5, 6], counts: [20, 20] },
      { lowest: [1, 2], average: [3, 4], highest: [5, 6], counts: [20, 19] },
      { lowest: [7], average: [7], highest: [7], counts: [1] },
    ]);
  }
  await migrateUp(database);
});
