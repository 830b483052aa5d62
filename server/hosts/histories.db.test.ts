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

type Services = Awaited<ReturnType<typeof testServices>>;
type Rows = ReturnType<typeof rowsOf>;
type Kind = (typeof hostEvents.$inferInsert)['kind'];

async function insertEvents(db: Services['db'], rows: Rows, kind: Kind) {
  for (let i = 0; i < rows.length; i += 1000)
    await db.insert(hostEvents).values(rows.slice(i, i + 1000).map((row) => ({ ...row, kind })));
}

async function insertChanges(db: Services['db'], rows: Rows) {
  const change = { section: 'users' as const, name: 'ada' };
  for (let i = 0; i < rows.length; i += 1000)
    await db.insert(hostFactChanges).values(rows.slice(i, i + 1000).map((row) => ({ ...row, ...change })));
}

test('histories end where the settings say, by time and by rows of each host', async () => {
  const { db } = await testServices();
  const [old, loud, quiet] = (await seedHosts(db, [{}, {}, {}])) as [string, string, string];
  const rows = [
    // More than one statement deletes.
    ...rowsOf(old, 4100, 41),
    ...rowsOf(old, 1, 40),
    ...rowsOf(loud, 2250, 3),
    ...rowsOf(quiet, 100, 2),
  ];
  await insertEvents(db, rows, 'agent_error');
  await insertChanges(db, rows);
  await forgetHistories(db, { before: NOW - 40 * DAY_MS, keptRows: 100 });
  const leftIn = async (table: string) => {
    const { rows: left } = await db.execute<{ host_id: string; n: number; oldest: Date | string }>(
      sql`select host_id, count(*)::int as n, min(at) as oldest from ${sql.identifier(table)} group by host_id`,
    );
    return new Map(left.map(({ host_id, n, oldest }) => [host_id, { n, oldest: new Date(oldest).getTime() }]));
  };
  const ofBoth = [
    [old, { n: 1, oldest: NOW - 40 * DAY_MS }],
    [quiet, { n: 100, oldest: NOW - 2 * DAY_MS }],
  ] as const;
  expect(await leftIn('host_event')).toEqual(new Map([...ofBoth, [loud, { n: 100, oldest: NOW - 3 * DAY_MS + 2150 }]]));
  // What came first of a day as well.
  expect(await leftIn('host_fact_change')).toEqual(new Map([...ofBoth, [loud, { n: 100, oldest: NOW - 3 * DAY_MS }]]));
});

test('what of a kind there is much of displaces no other kind, and never how the host is', async () => {
  const { db } = await testServices();
  const [hostId] = (await seedHosts(db, [{}])) as [string];
  const at = (days: number) => rowsOf(hostId, 1, days);
  // Before the time that is kept: how it was at its beginning is needed, and what was before that is not.
  for (const [days, kind] of [
    [60, 'registered'],
    [59, 'up'],
    [58, 'health_warning'],
    [57, 'health_ok'],
    [56, 'down'],
    [55, 'agent_error'],
  ] as const)
    await insertEvents(db, at(days), kind);
  // Within it.
  await insertEvents(db, at(30), 'cut_off');
  await insertEvents(db, at(29), 'up');
  await insertEvents(db, rowsOf(hostId, 150, 3), 'agent_error');
  const kinds = async () =>
    (await db.select().from(hostEvents).orderBy(hostEvents.id)).map(({ kind }) => kind as string);
  for (let i = 0; i < 2; i++) {
    await forgetHistories(db, { before: NOW - 40 * DAY_MS, keptRows: 100 });
    expect(await kinds()).toEqual(['health_ok', 'down', 'cut_off', 'up', ...Array<string>(100).fill('agent_error')]);
  }
});

test('a sweep ends between two statements when it is told to', async () => {
  const { db } = await testServices();
  const [hostId] = (await seedHosts(db, [{}])) as [string];
  await insertEvents(db, rowsOf(hostId, 4100, 41), 'agent_error');
  const stopping = new AbortController();
  const sweep = forgetHistories(db, { before: NOW, keptRows: 100, signal: stopping.signal });
  stopping.abort();
  await expect(sweep).rejects.toThrow('abort');
  expect(await db.select({ id: hostEvents.id }).from(hostEvents)).toHaveLength(2100);
});
