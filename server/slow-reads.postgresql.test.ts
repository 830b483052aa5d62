import { Socket } from 'node:net';
import type { TRPCError } from '@trpc/server';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../db/client';
import { openDatabase } from '../db/open-database';
import { appErrorCode, httpStatusOf } from './errors';
import { seedHosts } from './hosts/testing';
import { personOf, testServices } from './testing';

/** Holds the table of hosts so that whoever reads it waits, until it is let go. */
async function holdHosts(db: Database): Promise<() => Promise<void>> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = false;
  const holding = db.transaction(async (tx) => {
    await tx.execute(sql`lock table host in access exclusive mode`);
    isHeld = true;
    await held;
  });
  await expect.poll(() => isHeld).toBe(true);
  return async () => {
    letGo();
    await holding;
  };
}

/** What became of it: `answered`, or the code and the status of its refusal. */
const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: TRPCError) => [appErrorCode(error), httpStatusOf(error)],
  );

const everyPiece = async (pieces: Promise<AsyncIterable<string>>) => {
  let text = '';
  for await (const piece of await pieces) text += piece;
  return text;
};

test('a question that takes the database too long is ended and says so; an export has time for it', async () => {
  const services = await testServices();
  const pool = { connections: 8, wait_seconds: 10, read_seconds: 2 };
  const { readsOf, close } = await openDatabase({ url: services.url, directory: '', pool });
  onTestFinished(close);
  const bounded = { ...services, readsOf };
  const viewer = await personOf(bounded, 'viewer');
  const exporter = await personOf(bounded, 'viewer', 'exporter@example.com', { isDownload: true });
  await seedHosts(services.db, [{ fqdn: 'web' }]);
  const letGo = await holdHosts(services.db);
  const exporting = everyPiece(exporter.hosts.export({}));
  const asked = [viewer.hosts.list({}), viewer.inventory.ansible({ filter: 'kernel < 6' })];
  const tooSlow = ['request.too_slow', 504];
  expect(await Promise.all(asked.map(outcome))).toEqual([tooSlow, tooSlow]);
  await letGo();
  expect(await viewer.hosts.list({})).toMatchObject({ total: 1 });
  expect(await exporting).toContain('web');
});

type Person = Awaited<ReturnType<typeof personOf>>;

test.each<[string, (person: Person) => Promise<unknown>]>([
  ['a list', (person) => person.hosts.list({})],
  ['a dashboard, which asks for eight things at once', (person) => person.dashboard.overview()],
  ['an export', (person) => everyPiece(person.hosts.export({}))],
])('one person holds a quarter of the connections at most, however often they ask for %s', async (_, ask) => {
  const services = await testServices();
  const viewer = await personOf(services, 'viewer', 'viewer@example.com', { isDownload: true });
  const other = await personOf(services, 'viewer', 'other@example.com');
  const letGo = await holdHosts(services.db);
  const asked = Array.from({ length: 40 }, () => outcome(ask(viewer)));
  const waiting = async () =>
    (
      await services.db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    ).rows[0]!.n;
  const quarter = services.config.database.connections / 4;
  await expect.poll(waiting).toBe(quarter);
  expect(await other.views.list()).toEqual([]);
  expect((await other.rules.read({ rule: null })).rule).toBeNull();
  expect(await waiting()).toBe(quarter);
  await letGo();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['answered']));
});

test('what somebody has asked is not looked up any more when they have left', async () => {
  const services = await testServices();
  const transport = new Socket();
  const viewer = await personOf(services, 'viewer', 'viewer@example.com', { transport });
  const letGo = await holdHosts(services.db);
  const asked = Array.from({ length: 40 }, () => outcome(viewer.hosts.list({})));
  transport.destroy();
  await letGo();
  const outcomes = await Promise.all(asked);
  expect(outcomes.filter((one) => one === 'answered').length).toBeLessThan(10);
  expect(outcomes).toContainEqual(['request.crowded', 429]);
});
