/**
 * How long fleets take to be right. `node --import tsx e2e/load/fleets.ts [HOSTS] [RULES] [CHANGES]` prints JSON. The
 * hosts are made by SQL in a PostgreSQL of its own; what is measured is the settling itself, without an event's 50 ms.
 *
 * `change`: from a host's tags being written to its members being committed, one after the other, with all the rules
 * reading tags and with a hundredth of them. `rule`: a changed rule over all hosts, of which it lets in most, and the
 * longest that a host's change waited meanwhile; then another in its place, by which most leave and others come, with
 * nothing else at work. `bare` is the ceiling: the same rule as one `select count(*)`, and as one `insert` of its hosts
 * into a table that has the same indexes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { fleetDue, fleets, hosts } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what is measured
import { settleDue, settleFleet } from '../../server/fleets/settle-due';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the same hosts that its tests have
import { seedManyHosts } from '../../server/hosts/testing';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- what it says of a fleet that fails
import { createLog } from '../../server/log';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';

const HOSTS = Number(process.argv[2] ?? 100_000);
const RULES = Number(process.argv[3] ?? 500);
const CHANGES = Number(process.argv[4] ?? 100);

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  const database = await openDatabase({ url: postgresql.url, directory: folder });
  stops.push(() => database.close());
  await migrateUp(database);
  const { db } = database;
  await seedManyHosts(db, HOSTS);
  await db.execute(sql`truncate fleet_due`);
  const log = createLog({ level: 'error', format: 'json' });
  const services = { db, log, events: { emit: () => {}, listen: () => () => {} } };

  async function useRules(ofTags: number) {
    await db.delete(fleets);
    await db.insert(fleets).values(
      Array.from({ length: RULES }, (_, i) => {
        const isOfTags = i < ofTags;
        const rule = isOfTags ? `tags has "team:${i}" and platform = "linux"` : `os_version > ${i} and state = "up"`;
        return { name: `fleet ${i}`, rule, reads: isOfTags ? ['platform', 'tags'] : ['os_version', 'state'] };
      }),
    );
  }
  const idOf = (n: number) => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
  async function change(n: number, settled = () => settleDue(services)): Promise<number> {
    const begun = performance.now();
    await db
      .update(hosts)
      .set({ tags: [`team:${n % RULES}`, `at:${n}`] })
      .where(eq(hosts.id, idOf(n)));
    await settled();
    return performance.now() - begun;
  }
  async function changes(ofTags: number) {
    await useRules(ofTags);
    for (let i = 1; i <= 5; i++) await change(i);
    const times: number[] = [];
    for (let i = 0; i < CHANGES; i++) times.push(await change(100 + i * 7));
    return percentiles(times);
  }
  const all = await changes(RULES);
  const few = await changes(Math.max(1, Math.round(RULES / 100)));

  const rule = 'platform = "linux" and not state in (pending, conflict)';
  const [fleet] = await db.insert(fleets).values({ name: 'most', rule, isSettled: false }).returning();
  const bare = performance.now();
  const members = await db.$count(hosts, sql`platform = 'linux' and state not in ('pending', 'conflict')`);
  const bareMs = performance.now() - bare;
  const begun = performance.now();
  let isSettling = true;
  const settling = settleFleet(services, fleet!.id).finally(() => (isSettling = false));
  const waits: number[] = [];
  // Whoever settles the rule takes them in between.
  const taken = async () => {
    while ((await db.$count(fleetDue)) > 0 && isSettling);
  };
  for (let n = 50_001; isSettling; n++) waits.push(await change(n % HOSTS || 1, taken));
  await settling;
  const ruleMs = performance.now() - begun;
  await db.execute(sql`create table bare (like fleet_host including indexes)`);
  const inserting = performance.now();
  await db.execute(sql`
    insert into bare select ${fleet!.id}::uuid, id, 'ruled', now() from host
    where platform = 'linux' and state not in ('pending', 'conflict')`);
  const insertMs = performance.now() - inserting;
  const other = 'platform = "windows" or name starts with "web"';
  await db.update(fleets).set({ rule: other, isSettled: false }).where(eq(fleets.id, fleet!.id));
  const changing = performance.now();
  await settleFleet(services, fleet!.id);
  const otherMs = performance.now() - changing;
  console.log(
    JSON.stringify(
      {
        ...{ machine: describeMachine(), hosts: HOSTS, rules: RULES },
        change: { 'every rule reads it': all, 'a hundredth of the rules reads it': few },
        rule: {
          ...{
            members,
            ms: Math.round(ruleMs),
            changesMeanwhile: percentiles(waits),
            otherRuleMs: Math.round(otherMs),
          },
          ...{ bareMs: Math.round(bareMs), bareInsertMs: Math.round(insertMs) },
        },
      },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}
