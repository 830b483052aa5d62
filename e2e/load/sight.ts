/**
 * What people cost who see some hosts. `node --import tsx e2e/load/sight.ts [SESSIONS] [HOSTS] [EVENTS]` prints JSON;
 * Linux only. The database is a PostgreSQL of its own.
 *
 * `pages`: SESSIONS people, each with a fleet of 100 hosts, of which an open page shows 50: statements and milliseconds
 * of this process' time in a second, while nothing changes (`rest`) and while a host leaves a fleet and
 * comes back each second (`moves`). `nobody` is the ceiling: the same seconds without a page, and with what a change of
 * a fleet costs by itself.
 * `dashboard`: of somebody with a fleet of 100 hosts, and with one of a quarter of all: rows that PostgreSQL reads, and
 * milliseconds of its processor time, for what happened last, for the strip of the last day and for all of it, beside
 * EVENTS events of the last ten days; `all` is the same of who sees all hosts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { fleets, roleGrants, users } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the sockets around it */
import type { Session } from '../../server/auth/session';
import { loadConfig } from '../../server/config';
import { createContext } from '../../server/context';
import { findDay } from '../../server/dashboard/find-day';
import { findEvents } from '../../server/dashboard/find-events';
import { findOverview } from '../../server/dashboard/find-overview';
import { countHosts } from '../../server/dashboard/keep-host-counts';
import { seedManyHosts } from '../../server/hosts/testing';
import { SERVER_ITSELF } from '../../server/hosts/visible-hosts';
import { createLog } from '../../server/log';
import { createCaller } from '../../server/router';
import { createServices } from '../../server/services';
import { registerTopics } from '../../server/topics';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';

const SESSIONS = Number(process.argv[2] ?? 100);
const HOSTS = Number(process.argv[3] ?? 20_000);
const EVENTS = Number(process.argv[4] ?? 1_000_000);
const SECONDS = 10;
const OF_FLEET = 100;
const SHOWN = 50;
const ROUNDS = 5;

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const postgresql = await startTestPostgresql();
let statements = 0;
const database = await openDatabase({ url: postgresql.url, directory: folder, onQuery: () => void statements++ });
try {
  await migrateUp(database);
  const { db } = database;
  const config = loadConfig([], { SYSMANAGE_DATA_DIR: folder });
  const log = createLog({ level: 'error', format: 'json' });
  const services = await createServices({ config, log, db, readsOf: database.readsOf });
  registerTopics(services);
  await seedManyHosts(db, HOSTS);

  const idOf = (n: number) => `01890000-0000-7000-8000-${((n % HOSTS) + 1).toString(16).padStart(12, '0')}`;
  const people = await Promise.all(Array.from({ length: SESSIONS }, (_, n) => seedPerson(n * OF_FLEET, OF_FLEET)));
  const manager = people[0]!;
  const nobody = { rest: await perSecond(), moves: await perSecond(move) };
  const pages = people.map(({ session }) => services.hub.open(session));
  await Promise.all(
    pages.map((page, n) => {
      const keys = Array.from({ length: SHOWN }, (_, i) => idOf(n * OF_FLEET + i));
      return page.watch(1, [{ topic: 'hosts', keys, news: true, since: services.hub.cursor() }]);
    }),
  );
  await setTimeout(3000);
  const measured = { rest: await perSecond(), moves: await perSecond(move) };
  for (const page of pages) page.close();

  await seedEvents(db);
  const crowd = await seedPerson(0, HOSTS / 4);
  await db.execute(sql`vacuum analyze`);
  for (let at = Date.now() / 1000 - 86_400; at < Date.now() / 1000; at += 300) await countHosts(db, at);
  const dashboard: Record<string, unknown> = {};
  const lookers = { [OF_FLEET]: manager, [HOSTS / 4]: crowd, all: SERVER_ITSELF };
  for (const [name, { session }] of Object.entries(lookers)) {
    const looking = (one: Database) => ({ db: one, config, session });
    dashboard[name] = {
      events: await rowsRead((one) => findEvents(looking(one))),
      day: await rowsRead((one) => findDay(looking(one))),
      overview: await rowsRead((one) => findOverview(looking(one))),
    };
  }
  console.log(
    JSON.stringify(
      {
        ...{ benchmark: 'sight', machine: describeMachine(), sessions: SESSIONS, hosts: HOSTS, events: EVENTS },
        ...{ nobody, pages: measured, dashboard },
      },
      null,
      2,
    ),
  );
  await services.presence.stop();
  await services.audit.stop();
  await services.writer.stop();

  /** Somebody with a fleet of these hosts. */
  async function seedPerson(first: number, count: number): Promise<{ session: Session; fleetId: string }> {
    const name = uuidv7();
    const [fleet] = await db.insert(fleets).values({ name }).returning();
    const email = `${name}@example.com`;
    const [user] = await db.insert(users).values({ email, passwordHash: '-', role: 'none' }).returning();
    await db.insert(roleGrants).values({ userId: user!.id, role: 'viewer', fleetId: fleet!.id });
    await db.execute(sql`
      with listed as (
        insert into fleet_member (fleet_id, host_id, kind, "by")
        select ${fleet!.id}::uuid, id, 'listed', '-' from host order by id offset ${first}::int limit ${count}::int
        returning fleet_id, host_id)
      insert into fleet_host (fleet_id, host_id, how) select fleet_id, host_id, 'listed' from listed`);
    const cookie = await services.sessions.start(user!.id);
    return { session: (await services.sessions.find(cookie.split(';')[0]))!, fleetId: fleet!.id };
  }

  async function move() {
    const { permissions } = SERVER_ITSELF.session;
    const context = createContext(services, 'web', new IncomingMessage(new Socket()));
    const session: Session = { ...manager.session, permissions: new Set(permissions) };
    const { fleets } = createCaller({ ...context, session });
    const membership = { fleetId: manager.fleetId, hostId: idOf(SHOWN + 1) };
    await fleets.removeHost(membership);
    await fleets.putHost(membership);
  }

  /** With something done once a second. */
  async function perSecond(act: () => Promise<void> = async () => {}) {
    const [own, before] = [process.cpuUsage(), statements];
    for (let second = 0; second < SECONDS; second++) {
      const next = setTimeout(1000);
      await act();
      await next;
    }
    const { user, system } = process.cpuUsage(own);
    return { statements: rounded((statements - before) / SECONDS), cpuMs: rounded((user + system) / 1e3 / SECONDS) };
  }

  async function rowsRead(read: (one: Database) => Promise<unknown>) {
    return database.onOneConnection(async (one) => {
      const { rows } = await one.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      const before = cpuSeconds(rows[0]!.pid);
      for (let round = 0; round < ROUNDS; round++) await read(one);
      const databaseCpuMs = rounded(((cpuSeconds(rows[0]!.pid) - before) * 1e3) / ROUNDS);
      await one.execute(sql`begin`);
      // What this connection did before may be counted later than it was done.
      const counted = async () => {
        const { rows } = await one.execute<{ read: number }>(sql`
          select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables`);
        return rows[0]!.read;
      };
      const start = await counted();
      await read(one);
      const rowsOfIt = (await counted()) - start;
      await one.execute(sql`commit`);
      return { rows: rowsOfIt, databaseCpuMs };
    });
  }
} finally {
  await database.close();
  await postgresql.stop();
  await rm(folder, { recursive: true });
}

async function seedEvents(db: Database) {
  await db.execute(sql`
    insert into host_event (id, host_id, at, kind)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid,
      ('01890000-0000-7000-8000-' || lpad(to_hex(1 + n::bigint * 7919 % ${HOSTS}::int), 12, '0'))::uuid, at,
      (array['up', 'down', 'health_warning', 'health_ok'])[1 + n / ${HOSTS}::int % 4]
    from (select n, now() - n * interval '10 days' / ${EVENTS}::int as at from generate_series(1, ${EVENTS}::int) n) e`);
}

function rounded(figure: number): number {
  return Number(figure.toFixed(2));
}
