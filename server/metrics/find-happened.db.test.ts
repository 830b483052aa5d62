import { beforeEach, expect, test } from 'vitest';
import { hostEvents } from '../../db/schema';
import { countHosts } from '../dashboard/keep-host-counts';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';

const HOUR = 3600;
/** A whole number of the times that hosts are counted at; seconds, as all times here. */
const NOON = Date.UTC(2026, 5, 1, 12) / 1000;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{ tags: ['env:prod'] }])) as [string];
});

const happened = (seconds: number, kind: 'up' | 'down' | 'renewed' | 'agent_error', detail: string | null = null) =>
  services.db.insert(hostEvents).values({ hostId, at: new Date(seconds * 1000), kind, detail });
const chart = (from: number, to: number) => admin.hosts.chart({ hostId, from, to });

test('what happened in the time is there in its order, and when the host was down, also from before', async () => {
  await happened(NOON - 2 * HOUR, 'down', 'silent');
  await happened(NOON + 10, 'up');
  await happened(NOON + 20, 'renewed', 'next_key');
  await happened(NOON + 30, 'agent_error', 'not about figures');
  await happened(NOON + 40, 'down', 'closed');
  const { events, down } = await chart(NOON, NOON + HOUR);
  expect(events).toEqual([
    { at: NOON + 10, kind: 'up', detail: null },
    { at: NOON + 20, kind: 'renewed', detail: 'next_key' },
    { at: NOON + 40, kind: 'down', detail: 'closed' },
  ]);
  expect(down).toEqual([
    { from: NOON - 2 * HOUR, to: NOON + 10, reason: 'silent' },
    { from: NOON + 40, to: null, reason: 'closed' },
  ]);
});

test('of a host that comes and goes all day the last events are there', async () => {
  const many = Array.from({ length: 450 }, (_, i) => ({
    hostId,
    at: new Date((NOON + i) * 1000),
    kind: 'up' as const,
  }));
  await services.db.insert(hostEvents).values(many);
  const { events } = await chart(NOON, NOON + HOUR);
  expect(events).toHaveLength(400);
  expect(events.at(-1)!.at).toBe(NOON + 449);
});

test('when no server was at work is known to the minute, and each process that is at work says so', async () => {
  const works = async (from: number, to: number) => {
    for (let at = from; at <= to; at += 60) await countHosts(services.db, at);
  };
  await works(NOON, NOON + 10 * 60);
  // Another process of it is a little behind, and there is still one row for five minutes.
  await works(NOON + 30, NOON + 9 * 60 + 30);
  await works(NOON + 2 * HOUR + 61, NOON + 3 * HOUR);
  const off = { from: NOON + 10 * 60, to: NOON + 2 * HOUR + 61 };
  expect((await chart(NOON, NOON + 3 * HOUR)).serverOff).toEqual([off]);
  expect((await chart(NOON + HOUR, NOON + HOUR + 60)).serverOff).toEqual([off]);
  expect((await chart(NOON, NOON + 9 * 60)).serverOff).toEqual([]);
  const { rows } = await services.db.execute<{ n: number }>(`select count(*)::int as n from host_count`);
  expect(rows[0]!.n).toBe(3 + HOUR / 300);
});

test('thresholds are those of the rules that hold for this host, without what only the clock tells', async () => {
  const rule = { metric: 'cpu' as const, back: 1, severity: 'warning' as const };
  await admin.health.saveRules({
    etag: '*',
    rules: [
      { ...rule, threshold: 90 },
      { ...rule, threshold: 70, scope: { tag: 'env:prod' } },
      { ...rule, threshold: 50, severity: 'critical', scope: { tag: 'env:test' } },
      { ...rule, metric: 'silence', threshold: 300 },
      { ...rule, metric: 'load.1', threshold: 9, isEnabled: false },
    ],
  });
  const limits = [{ metric: 'cpu', label: null, comparison: 'above', threshold: 70, severity: 'warning' }];
  expect((await chart(NOON, NOON + HOUR)).limits).toEqual(limits);
});
