import { asc, eq, type SQL, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { hostEvents, hosts } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { createGroupCommit } from '../process/group-commit';
import { administratorOf, testServices } from '../testing';
import { createReports } from './reports';
import { enrolledHost, openAgentClient, serveApi } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
});

const sample: Sample = {
  ...{
    at: '2026-01-01T00:00:00.000Z',
    cpuPercent: 1,
    load1: null,
    load5: null,
    load15: null,
    uptimeSeconds: 60,
    disks: [],
  },
  ...{ memoryTotalBytes: 1000, memoryUsedBytes: 500, swapTotalBytes: 0, swapUsedBytes: 0 },
  ...{ networkReceivedBytesPerSecond: 0, networkSentBytesPerSecond: 0 },
};
const error = (hostId: string, detail: string) => ({ hostId, kind: 'agent_error' as const, detail, at: new Date() });
const details = async () =>
  (await services.db.select().from(hostEvents).orderBy(asc(hostEvents.id))).map(({ detail }) => detail);

test('what many hosts report at once is one statement, and in the order in which it came', async () => {
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 20 }, () => ({})),
  );
  const said = ids.flatMap((hostId, n) => [error(hostId, `${n} a`), error(hostId, `${n} b`)]);
  await Promise.all(said.map((one) => services.reports.happening(one)));
  expect(await details()).toEqual(said.map(({ detail }) => detail));
  // Every statement outside of a transaction is one of its own, and a row names the one that wrote it.
  const { rows } = await services.db.execute(sql`select count(distinct xmin::text)::int as statements from host_event`);
  expect(rows).toEqual([{ statements: 1 }]);
});

test('a host that is gone by then fails none of the others', async () => {
  const [gone, stays] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  const admin = await administratorOf(services);
  await admin.hosts.revoke({ hostId: gone });
  await services.db.delete(hosts).where(eq(hosts.id, gone));
  await Promise.all([gone, stays].map((hostId) => services.reports.happening(error(hostId, 'late'))));
  expect(await details()).toEqual(['late']);
});

test('a commit that was not heard of is not made twice', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  let isLost = false;
  const execute = async (statement: SQL) => {
    await services.db.execute(statement);
    if (isLost) return;
    isLost = true;
    throw new Error('Connection terminated');
  };
  const db = Object.assign(Object.create(services.db) as Database, { execute });
  const reports = createReports({ ...services, db, writer: createGroupCommit({ retryMs: 1 }) });
  await reports.happening(error(hostId!, 'once'));
  expect(isLost).toBe(true);
  expect(await details()).toEqual(['once']);
});

test('an agent is told that there is no room for what it reports, and when to come back; its figures need none', async () => {
  const admin = await administratorOf(services);
  const { shown, hostId } = await enrolledHost(services, admin);
  const reports = createReports({ ...services, writer: createGroupCommit({ capacity: 0 }) });
  const { agents } = openAgentClient(services, await serveApi({ ...services, reports }), shown);
  const noRoom = { data: { appCode: 'database.busy', httpStatus: 503, retryAfterSeconds: 2 } };
  await expect(agents.reportError.mutate({ kind: 'failed', message: 'x' })).rejects.toMatchObject(noRoom);
  await agents.heartbeat.mutate(sample);
  expect(services.samples.latest(hostId)).toMatchObject({ cpuPercent: sample.cpuPercent });
});
