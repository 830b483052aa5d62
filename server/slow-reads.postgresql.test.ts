import type { TRPCError } from '@trpc/server';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../db/client';
import { openDatabase } from '../db/open-database';
import { appErrorCode, httpStatusOf } from './errors';
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

test('a question that takes the database too long is ended and says so, and asked again it is answered', async () => {
  const services = await testServices();
  const pool = { connections: 4, wait_seconds: 10, read_seconds: 0.2 };
  const { reads, close } = await openDatabase({ url: services.url, directory: '', pool });
  onTestFinished(close);
  const viewer = await personOf({ ...services, reads }, 'viewer');
  const letGo = await holdHosts(services.db);
  const outcome = (asked: Promise<unknown>) =>
    asked.then(
      () => 'answered',
      (error: TRPCError) => [appErrorCode(error), httpStatusOf(error)],
    );
  expect(await outcome(viewer.hosts.list({}))).toEqual(['request.too_slow', 504]);
  expect(await outcome(viewer.inventory.ansible({ filter: 'kernel < 6' }))).toEqual(['request.too_slow', 504]);
  await letGo();
  expect(await viewer.hosts.list({})).toMatchObject({ total: 0 });
});

test('one person holds a quarter of the connections at most, however much they ask', async () => {
  const services = await testServices();
  const viewer = await personOf(services, 'viewer');
  const other = await personOf(services, 'viewer', 'other@example.com');
  const letGo = await holdHosts(services.db);
  const asked = Array.from({ length: 40 }, () => viewer.hosts.list({}));
  const waiting = async () =>
    (
      await services.db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    ).rows[0]!.n;
  await expect.poll(waiting).toBe(services.config.database.connections / 4);
  expect(await other.views.list()).toEqual([]);
  expect((await other.rules.read({ rule: null })).rule).toBeNull();
  expect(await waiting()).toBe(services.config.database.connections / 4);
  await letGo();
  expect((await Promise.all(asked)).every(({ total }) => total === 0)).toBe(true);
});
