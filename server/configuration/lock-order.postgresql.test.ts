/** Who writes of many hosts at once does so in one order, or two of them would wait for each other. */
import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { hostConfigurations, hosts } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { writeConfigurationReports } from './keep-reports';

let services: Awaited<ReturnType<typeof testServices>>;
/** In their order. */
let hostIds: [string, string];

beforeEach(async () => {
  services = await testServices();
  hostIds = (await seedHosts(services.db, [{}, {}])).sort() as [string, string];
});

const waiting = async () => {
  const { rows } = await services.db.execute<{ n: number }>(sql`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]!.n;
};
const reportOf = (hostId: string) => ({
  ...{ hostId, inForce: null, values: {}, locked: [], local: {}, status: 'waiting' as const, of: null, message: '' },
});

test('reports of configurations lock hosts in the order of a push, in whichever they came', async () => {
  const [first, last] = hostIds;
  await writeConfigurationReports(services.db, [first, last].map(reportOf));
  const { written } = await services.db.transaction(async (tx) => {
    const rowOf = (hostId: string) => tx.select().from(hostConfigurations).where(eq(hostConfigurations.hostId, hostId));
    await rowOf(first).for('update');
    const written = Promise.allSettled([writeConfigurationReports(services.db, [last, first].map(reportOf))]);
    await expect.poll(waiting).toBe(1);
    // It waits for the first, and has not got the last.
    await rowOf(last).for('update', { noWait: true });
    return { written };
  });
  expect(await written).toMatchObject([{ status: 'fulfilled' }]);
});

test('a push waits for nobody who writes something else of a host', async () => {
  const admin = await administratorOf(services);
  await services.db.transaction(async (tx) => {
    await tx.update(hosts).set({ factsDigest: null }).where(eq(hosts.id, hostIds[1]));
    expect(await admin.configuration.push({ targets: { all: true } })).toMatchObject({ total_agents: 2 });
  });
});
