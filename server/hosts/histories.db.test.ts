import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { expect, test } from 'vitest';
import { hostEvents, hostFactChanges } from '../../db/schema';
import { testServices } from '../testing';
import { forgetHistories } from './keep-histories';
import { seedHosts } from './testing';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 5, 1);

/** `n` rows of either history, the oldest `days` before NOW, one a millisecond. */
function rowsOf(hostId: string, n: number, days: number) {
  const times = Array.from({ length: n }, (_, i) => NOW - days * DAY_MS + i);
  return times.map((msecs) => ({ id: uuidv7({ msecs }), hostId, at: new Date(msecs) }));
}

test('histories end where the settings say, by time and by rows of each host', async () => {
  const { db } = await testServices();
  const [old, loud, quiet] = (await seedHosts(db, [{}, {}, {}])) as [string, string, string];
  const rows = [
    // More than one statement deletes.
    ...rowsOf(old, 4100, 41),
    ...rowsOf(old, 1, 40),
    ...rowsOf(loud, 150, 3),
    ...rowsOf(quiet, 100, 2),
  ];
  for (let i = 0; i < rows.length; i += 1000) {
    const some = rows.slice(i, i + 1000);
    await db.insert(hostEvents).values(some.map((row) => ({ ...row, kind: 'up' as const })));
    await db.insert(hostFactChanges).values(some.map((row) => ({ ...row, section: 'users' as const, name: 'ada' })));
  }
  await forgetHistories(db, { before: NOW - 40 * DAY_MS, keptRows: 100 });
  for (const table of ['host_event', 'host_fact_change']) {
    const { rows: left } = await db.execute<{ host_id: string; n: number; oldest: Date | string }>(
      sql`select host_id, count(*)::int as n, min(at) as oldest from ${sql.identifier(table)} group by host_id`,
    );
    const of = new Map(left.map(({ host_id, n, oldest }) => [host_id, { n, oldest: new Date(oldest).getTime() }]));
    expect(of, table).toEqual(
      new Map([
        [old, { n: 1, oldest: NOW - 40 * DAY_MS }],
        [loud, { n: 100, oldest: NOW - 3 * DAY_MS + 50 }],
        [quiet, { n: 100, oldest: NOW - 2 * DAY_MS }],
      ]),
    );
  }
});
