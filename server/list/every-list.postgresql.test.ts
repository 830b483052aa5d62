import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eq, type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { testDatabase, type TestDatabase } from '../../db/testing';
import { software, users } from '../../db/schema';
import { auditFilter, auditList } from '../audit/list-records';
import { type GrantedRole, rightsOf } from '../auth/permissions';
import { heldFilter, heldList } from '../certificates/find-held';
import { commandFilter, commandList } from '../commands/find-commands';
import { runFilter, runList, squareList } from '../commands/runs/find-runs';
import { loadConfig } from '../config';
import { versionList } from '../configuration/layers/find-layer';
import { selectSpread } from '../dashboard/find-overview';
import { tokenList } from '../enrolment-tokens/list-tokens';
import { factHistoryList, historyFilter } from '../facts/find-facts';
import { softwareList } from '../facts/find-software';
import { fleetFilter, fleetList } from '../fleets/find-fleets';
import { hostFilter, hostList, inFleet, waitingFilter, waitingList } from '../hosts/find-hosts';
import { selectEvents } from '../hosts/last-events';
import { suggestTags } from '../hosts/tags/suggest-tags';
import { seedManyHosts, seedManyPackages } from '../hosts/testing';
import { type Asker, SERVER_ITSELF } from '../hosts/visible-hosts';
import { jobHostList, jobList } from '../jobs/find-jobs';
import { OUTCOMES } from '../jobs/job-schema';
import { savedCommandFilter, savedCommandList } from '../saved-commands/find-saved-commands';
import type { SignedIn } from '../trpc';
import { userFilter, userList } from '../users/find-users';
import { type List, MOST_COUNTED, readCountedPage, selectCount, selectPage } from './list';
import { type Direction, writeCursor } from './keyset';

// Every order and every filter that a list declares, as the database would answer it with many rows: whoever adds one
// finds here whether there is an index for it. On PostgreSQL alone, whose planner PGlite's is.

/** So many that to read all of them is never the shorter way. */
const HOSTS = 100_000;
/** To make them is 15 s of a core. */
const LONG = 600_000;

let database: TestDatabase;
/** Whoever sees all hosts. */
let ctx: { db: Database } & Asker;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  ctx = { db, ...SERVER_ITSELF };
  await seedManyHosts(db, HOSTS);
  await seedManyPackages(db);
  await db.execute(sql`
    insert into audit_record (sequence, id, at, actor_kind, actor_id, actor_label, action, object_id, outcome, previous_mac, mac)
    select n, gen_random_uuid(), now() - n * interval '1 minute', 'person', n % 50, 'u' || n % 50, 'act.' || n % 50, n % 2000,
      case when n % 100 = 0 then 'refused' else 'done' end, '-', '-' from generate_series(1, 20000) as n`);
  // Of those who signed in wrongly there can be as many as there are people.
  await db.execute(sql`
    insert into attempt (key, account, count, until)
    select 'k' || n, 'account:' || n, 1, now() + interval '1 hour' from generate_series(1, 20000) as n`);
  await db.execute(sql`
    insert into "user" (id, email, role) select gen_random_uuid(), 'u' || n || '@example.com', 'viewer' from generate_series(1, 20000) as n`);
  await db.execute(sql`
    insert into fleet_host (fleet_id, host_id, how)
    select case when n = 1 then ${FLEET}::uuid else gen_random_uuid() end, ('01890000-0000-7000-8000-' || lpad(to_hex(m * 100 + n), 12, '0'))::uuid, 'ruled'
    from generate_series(1, 20) n, generate_series(1, ${HOSTS / 125}::int) m`);
  await db.execute(sql`insert into fleet (id, name) values (${FLEET}, 'Eight in a thousand')`);
  await db.execute(sql`
    insert into command (id, kind, parameters, targets, timeout_seconds, expires_at, author)
    select ('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, (array['execute_shell', 'restart_service'])[n % 2 + 1],
      '{}', '{}', 60, now(), 'u' || n % 50 from generate_series(1, 5000) as n`);
  await db.execute(sql`
    insert into command_run (command_id, host_id, state, deadline)
    select ('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
      ('01890000-0000-7000-8000-' || lpad(to_hex((n * 37 + m) % ${HOSTS}::int + 1), 12, '0'))::uuid,
      case when n > 4900 then 'queued' when (n + m) % 50 = 0 then 'failed' else 'succeeded' end, case when n > 4900 then now() end
    from generate_series(1, 5000) as n, generate_series(1, 20) as m`);
  // As most are: few have refused it or gone back, and few are set otherwise on the machine.
  await db.execute(sql`
    insert into host_configuration (host_id, reported_at, in_force_hash, in_force, status, status_of, local)
    select id, now(), '-', '{}', case when n % 400 = 0 then 'failed' when n % 400 = 1 then 'rolled_back' else 'applied' end, '-',
      case when n % 400 = 2 then '{"log.level": {"value": "debug", "since": "2026-01-01T00:00:00Z"}}' else '{}' end::jsonb
    from (select id, row_number() over (order by id) as n from host) host`);
  await seedTheRest(db);
  for (const table of [
    'command',
    'command_run',
    'host',
    'fleet',
    'fleet_host',
    'host_presence',
    'host_configuration',
    'host_figure',
    'host_tag',
    'host_software',
    'software',
    'clone',
    'certificate',
    'attempt',
    'audit_record',
    '"user"',
    'job',
    'job_host',
    'saved_command',
    'host_fact_change',
    'enrolment_token',
    'configuration_version',
  ]) {
    await db.execute(sql.raw(`vacuum analyze ${table}`));
  }
}, LONG);
afterAll(() => database.close());

/** Of what other lists are of, more than there ever is. */
async function seedTheRest(db: Database): Promise<void> {
  const uuid = sql`('01890000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  await db.execute(sql`
    insert into job (id, act, parameters, chosen_by, user_id, by, address, request_id, hosts, left_out, started_at)
    select ${uuid}, 'hosts.approve', '{}', '{}', (select id from "user" offset n % 50 limit 1), '', '', '', 20, 0,
      case when n % 10 > 0 then now() end
    from generate_series(1, 2000) n`);
  await db.execute(sql`
    insert into job_host (job_id, host_id, fqdn, outcome)
    select ${uuid}, gen_random_uuid(), '', (array['done', 'host.not_pending'])[m % 3]
    from generate_series(1, 2000) n, generate_series(1, 20) m`);
  await db.execute(sql`
    insert into saved_command (id, name, kind, parameters, run_by, created_by, updated_by)
    select ${uuid}, 'command ' || n, 'execute_shell', '{}', (array['commands.run', 'named'])[n % 2 + 1], '', ''
    from generate_series(1, 2000) n`);
  await db.execute(sql`
    insert into enrolment_token (id, name, hash, tags, auto_approve, expires_at)
    select ${uuid}, 'token ' || n, n, '[]', false, now() from generate_series(1, 2000) n`);
  await db.execute(sql`insert into configuration_layer (layer, version, document) values ('global', 2000, '{}')`);
  await db.execute(sql`
    insert into configuration_version (layer, version, text, message, author)
    select 'global', n, '', '', '' from generate_series(1, 2000) n`);
  await db.execute(sql`
    insert into host_fact_change (id, host_id, at, section, name, after)
    select gen_random_uuid(), id, now(), (array['packages', 'system'])[n % 2 + 1], n, '1'
    from (select id from host limit 1000) host, generate_series(1, 20) n`);
}

/** Of 800 hosts: of many more it would be the shorter way to read all hosts. */
const FLEET = '01890000-0000-7000-8000-00000000f1ee';
/** Of each kind of field one, and such as nearly nothing satisfies. */
const RULES = [
  ...['name starts with "web-0001"', 'platform = "linux" and state = "down"', 'os_version < 11', 'memory < 4 GiB'],
  ...[
    'address in 10.0.0.0/16',
    'tags has "env:prod"',
    'tags has "env"',
    'all_tags has "env:prod"',
    'certificate_days < 7',
    'cores > 8',
    'health = critical',
    'reboot = required',
    'package has openssl < 3.0.15',
  ],
];

/** Values that a filter's part can have: all, of those that can be counted. */
function valuesOf(schema: z.ZodType): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return valuesOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return valuesOf(schema.out as z.ZodType);
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodBoolean) return [true, false];
  if (schema instanceof z.ZodNumber) return [30];
  const taken = (texts: string[]) => texts.filter((text) => schema.safeParse(text).success);
  const simple = taken(['web-0001', 'web', '2026-01-01T00:00:00.000Z', FLEET, 'ab'.repeat(32)]);
  const texts = simple.length > 0 ? simple : taken(RULES);
  if (texts.length === 0) throw new Error('a kind of filter of which this test knows no value');
  return texts;
}

/** No filter, and each value of each part alone. */
const filtersOf = (schema: z.ZodObject) => [
  {},
  ...Object.entries(schema.shape).flatMap(([name, part]) =>
    valuesOf(part as z.ZodType).map((value) => ({ [name]: value })),
  ),
];

async function expectIndexed<Ctx, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  {
    schema,
    filters = filtersOf(schema),
    directions = ['asc', 'desc'],
    few = [],
    last,
  }: {
    schema: z.ZodObject;
    filters?: object[];
    directions?: Direction[];
    /** Tables with so few rows, whatever there are hosts, that a filter may read all of them. */
    few?: string[];
    last: (sort: Sort) => [string, string | number];
  },
) {
  let asked = 0;
  // Of fleets there are few, and of renewals; figures of hosts are three numbers a row, and all of them read in 10 ms.
  const scanned = new RegExp(`Seq Scan on (?!${['renewal', 'fleet\\b', 'host_figure', ...few].join('|')})`);
  const explain = async (what: string, query: SQL) => {
    asked++;
    const { rows } = await database.db.execute(sql`explain ${query}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect.soft(plan, what).not.toMatch(scanned);
  };
  for (const given of filters) {
    const filter = schema.parse(given) as Filter;
    // A count has no order.
    await explain(
      `${JSON.stringify(given)}, counted`,
      selectCount(list, ctx, { filter, most: (list.mostCounted ?? MOST_COUNTED) + 1 }),
    );
    for (const sort of Object.keys(list.orders) as Sort[]) {
      for (const direction of directions) {
        const what = `${sort} ${direction} ${JSON.stringify(given)}`;
        const page = { filter, sort, direction, limit: 50 };
        await explain(what, selectPage(list, ctx, page).getSQL());
        await explain(
          `${what}, a later page`,
          selectPage(list, ctx, { ...page, cursor: writeCursor(last(sort)) }).getSQL(),
        );
        if (list.gathers?.(filter)) {
          await explain(`${what}, walked`, selectPage(list, ctx, page, 'walked').getSQL());
          await explain(`${what}, exported`, selectPage(list, ctx, page, 'any').getSQL());
        }
      }
    }
  }
  return asked;
}

const id = '01890000-0000-7000-8000-00000000c350';
const at = '2026-06-01T00:00:00.000Z';
/** Of the host in the middle. */
const LAST_HOST = {
  ...{
    fqdn: 'web-0050000.example.com',
    state: 'up\nweb-0050000.example.com',
    health: '1',
    system: 'Debian GNU/Linux 12',
  },
  ...{ cpu: '50', memory: '50', disk: '50', lastSeen: at, certificate: at, agent: '1.0.0', registered: id },
};
const lastHost = (sort: keyof typeof LAST_HOST): [string, string] => [LAST_HOST[sort], id];

test('hosts: no order and no filter reads a table through', { timeout: LONG }, async () => {
  const asked = await expectIndexed(hostList, ctx, { schema: hostFilter, last: lastHost });
  expect(asked).toBeGreaterThan(300);
});

test('hosts: every order is walked in an index, and nothing is sorted for a page of all of them', async () => {
  const filter = hostFilter.parse({});
  for (const sort of Object.keys(hostList.orders) as (keyof typeof LAST_HOST)[]) {
    for (const direction of ['asc', 'desc'] as const) {
      for (const cursor of [undefined, writeCursor(lastHost(sort))]) {
        const page = selectPage(hostList, ctx, { filter, sort, direction, cursor, limit: 50 }).getSQL();
        const { rows } = await database.db.execute(sql`explain ${page}`);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect.soft(plan, `${sort} ${direction}`).not.toMatch(/Sort|Seq Scan|Bitmap/);
      }
    }
  }
});

test('hosts of which somebody sees a hundred: likewise', { timeout: LONG }, async () => {
  const { db } = database;
  await db.execute(sql`insert into role_grant (user_id, host_id, role)
    select u.id, ('01890000-0000-7000-8000-' || lpad(to_hex(n * 971 + u.nth), 12, '0'))::uuid, 'operator'
    from (select id, row_number() over () as nth from "user" limit 20) u, generate_series(1, 100) n`);
  await db.execute(sql`vacuum analyze role_grant`);
  const [user] = await db
    .select()
    .from(users)
    .where(sql`granted_roles <> '[]'`)
    .limit(1);
  const some = { db, session: { user: user!, ...rightsOf({ ...user!, role: 'none' }) } };
  await expectIndexed(hostList, some, { schema: hostFilter, last: lastHost });
  await expectIndexed(
    heldList,
    { ...some, now: new Date() },
    { schema: heldFilter, directions: ['asc'], last: () => [at, 'AB'] },
  );
});

test('hosts of which somebody sees those of a fleet: likewise', { timeout: LONG }, async () => {
  const { db } = database;
  await db.execute(sql`insert into role_grant (user_id, fleet_id, role)
    select id, ${FLEET}::uuid, 'viewer' from "user" where granted_roles = '[]' limit 20`);
  await db.execute(sql`vacuum analyze role_grant`);
  const [user] = await db
    .select()
    .from(users)
    .where(sql`granted_roles = '["viewer"]'`)
    .limit(1);
  const some = { db, session: { user: user!, ...rightsOf({ ...user!, role: 'none' }) } };
  await expectIndexed(hostList, some, { schema: hostFilter, last: lastHost });
});

test('hosts that wait: likewise', async () => {
  const orders = { registered: hostList.orders.registered };
  const asked = await expectIndexed({ ...waitingList, orders }, ctx, {
    schema: waitingFilter,
    directions: ['asc'],
    last: () => [id, id],
  });
  expect(asked).toBeGreaterThan(20);
});

test('tags by how they begin: read in an index, one of 100,000 hosts once', async () => {
  const { db } = database;
  const plans: string[] = [];
  const explained = Object.assign(Object.create(db) as Database, {
    async execute(query: SQL) {
      const { rows } = await db.execute(sql`explain analyze ${query}`);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return db.execute(query);
    },
  });
  const [user] = await db
    .select()
    .from(users)
    .where(sql`granted_roles = '["viewer"]'`)
    .limit(1);
  const ofFleet = { session: { user: user!, ...rightsOf({ ...user!, role: 'none' }) } };
  for (const prefix of ['', 'env', 'serial:', 'prod', '0189', 'nothing']) {
    plans.length = 0;
    const all = await suggestTags({ ...ctx, db: explained }, { prefix });
    const met = plans.flatMap((plan) => [...plan.matchAll(/ on host_tag .*actual .*rows=([\d.]+) loops=(\d+)/g)]);
    expect.soft(met.length, prefix).toBeGreaterThan(0);
    const rows = met.reduce((sum, [, rows, loops]) => sum + Number(rows) * Number(loops), 0);
    expect.soft(rows, `${prefix}: ${plans.join('\n')}`).toBeLessThanOrEqual(50);
    const some = await suggestTags({ ...ofFleet, db: explained }, { prefix });
    expect.soft(plans.join('\n'), prefix).not.toMatch(/Seq Scan on (?!fleet\b)/);
    expect.soft(all.tags.length === 0, prefix).toBe(some.tags.length === 0);
  }
});

test('what happened to the hosts of a fleet is read in their histories, whatever happened to others', async () => {
  const { db } = database;
  await db.execute(sql`
    insert into host_event (id, host_id, kind) select gen_random_uuid(), id, 'up' from host, generate_series(1, 3)`);
  await db.execute(sql`vacuum analyze host_event`);
  const asked = { of: inFleet(ctx, FLEET), from: 0, limit: 50 };
  const { rows } = await db.execute(sql`explain analyze ${selectEvents(db, asked).getSQL()}`);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const met = [...plan.matchAll(/ on host_event .*actual .*rows=([\d.]+) loops=(\d+)/g)];
  expect(met.length, plan).toBeGreaterThan(0);
  const read = met.reduce((sum, [, rows, loops]) => sum + Number(rows) * Number(loops), 0);
  // Three of each of its 800 hosts.
  expect(read, plan).toBeLessThanOrEqual(2400);
});

test('certificates that agents hold: likewise', async () => {
  await expectIndexed(
    heldList,
    { ...ctx, now: new Date() },
    { schema: heldFilter, directions: ['asc'], last: () => [at, 'AB'] },
  );
});

test('commands and their runs: likewise, also for who sees some hosts', async () => {
  const filters = [{}, { kind: 'execute_shell' }, { author: 'u7' }, { show: 'open' }, { show: 'over' }, { hostId: id }];
  const asked = {
    schema: commandFilter,
    filters,
    directions: ['desc' as const],
    last: (): [string, string] => [id, id],
  };
  const [user] = await database.db.select().from(users).limit(1);
  const some = { db: database.db, session: { user: user!, ...rightsOf({ role: 'none', grantedRoles: ['operator'] }) } };
  await expectIndexed(commandList, ctx, asked);
  // Of which are open of whose hosts one sees: 5,000 commands are as soon read as found.
  await expectIndexed(commandList, some, { ...asked, few: ['command\\b'] });
  const commandId = '01890000-0000-7000-9000-000000000100';
  const runs = { schema: runFilter, directions: ['asc' as const], last: (): [string, string] => ['1', id] };
  await expectIndexed(runList, { ...ctx, commandId }, runs);
  await expectIndexed(runList, { ...some, commandId }, runs);
  await expectIndexed(squareList, { ...some, commandId }, runs);
});

test('the audit log: likewise', async () => {
  await expectIndexed(auditList, database, { schema: auditFilter, directions: ['desc'], last: () => [at, 5000] });
});

test('users: every order has its index; accounts are too few for their filters to need one', async () => {
  const asked = { ...database, config: loadConfig([], {}), now: new Date() };
  const last = { email: 'u5@example.com', name: 'u5@example.com', lastSignIn: at, created: id };
  const lastUser = (sort: keyof typeof last): [string, string] => [last[sort], id];
  await expectIndexed(userList, asked, { schema: userFilter, filters: [{}], last: lastUser });
  await expectIndexed(userList, asked, { schema: userFilter, few: ['"user"'], last: lastUser });
});

test('fleets, jobs and their hosts, saved commands, enrolment tokens, versions: likewise', async () => {
  const { db } = database;
  const [user] = await db.select().from(users).limit(1);
  const one = (role: 'administrator' | 'none') => {
    const grantedRoles: GrantedRole[] = role === 'none' ? ['operator'] : [];
    return { db, session: { user: { ...user!, role, grantedRoles }, ...rightsOf({ role, grantedRoles }) } };
  };
  const last = (): [string, string] => [id, id];
  const newest = { schema: z.object({}), filters: [{}], directions: ['desc' as const], last };
  const byName = { last: (sort: string): [string, string] => [sort === 'name' ? 'command 1000' : id, id] };
  const jobId = '01890000-0000-7000-a000-000000000100';
  for (const ctx of [one('administrator'), one('none')]) {
    await expectIndexed(fleetList, ctx, { schema: fleetFilter, ...byName });
    await expectIndexed(jobList, ctx, newest);
    await expectIndexed(jobHostList, ctx, {
      ...{ schema: z.object({ jobId: z.uuid(), outcome: z.enum(OUTCOMES).optional() }), last },
      filters: [undefined, ...OUTCOMES].map((outcome) => ({ jobId, outcome })),
    });
    const few = ['saved_command\\b', 'saved_command_runner'];
    await expectIndexed(savedCommandList, ctx as unknown as SignedIn, { schema: savedCommandFilter, few, ...byName });
  }
  await expectIndexed(tokenList, database, newest);
  await expectIndexed(versionList, database, {
    ...{ schema: z.object({ layer: z.string() }), filters: [{ layer: 'global' }], directions: ['desc'] },
    last: () => ['1000', 1000],
  });
});

test('of which systems and agents hosts are, an index alone tells', async () => {
  const { rows } = await database.db.execute(sql`explain ${selectSpread(ctx).getSQL()}`);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(/Index Only Scan using host_platform/);
});

test('what changed of a host’s facts, and who has a package: likewise', async () => {
  const schema = historyFilter.extend({ hostId: z.uuid() });
  await expectIndexed(factHistoryList, database, {
    ...{ schema, filters: filtersOf(historyFilter).map((filter) => ({ ...filter, hostId: id })) },
    ...{ directions: ['desc'], last: () => [id, id] },
  });
  const one = (name: string) => database.db.select().from(software).where(eq(software.name, name)).limit(1);
  const some = await Promise.all(['rare', 'nothing', 'openssl'].map(one));
  await expectIndexed(softwareList, ctx, {
    schema: z.object({ softwareIds: z.array(z.int()) }),
    filters: some.map((found) => ({ softwareIds: found.map(({ id }) => id) })),
    ...{ directions: ['asc'], last: () => lastHost('fqdn') },
  });
});

test('no list is left out here', async () => {
  const folder = dirname(import.meta.dirname);
  const names = (await readdir(folder, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const declared = texts.flatMap((text) => [...text.matchAll(/const (\w+): List</g)].map(([, name]) => name));
  const here = await readFile(import.meta.filename, 'utf8');
  const explained = [...here.matchAll(/expectIndexed\(\s*(?:\{ \.\.\.)?(\w+)/g)].map(([, name]) => name);
  expect(declared.length).toBeGreaterThan(10);
  expect(explained).toEqual(expect.arrayContaining(declared));
});

test(
  'a search that finds too much to sort has the same pages as if all of it were sorted',
  { timeout: LONG },
  async () => {
    const filter = hostFilter.parse({ search: 'web' });
    const sorts = Object.keys(hostList.orders) as (keyof typeof hostList.orders)[];
    // One figure stands for the three.
    for (const sort of sorts.filter((sort) => sort !== 'memory' && sort !== 'disk')) {
      for (const direction of ['asc', 'desc'] as const) {
        const first = await readCountedPage(hostList, ctx, { filter, sort, direction, limit: 20 });
        expect([first.total, first.isTotalExact]).toEqual([MOST_COUNTED, false]);
        const walk = selectPage(hostList, ctx, { filter, sort, direction, limit: 20 }, 'walked').getSQL();
        const { rows: plan } = await database.db.execute(sql`explain ${walk}`);
        expect(plan.map((row) => row['QUERY PLAN']).join('\n'), `${sort} ${direction}`).not.toMatch(/Sort|Bitmap/);
        // Behind this one stand fewer rows than are walked.
        const opposite = direction === 'asc' ? 'desc' : 'asc';
        const late = await selectPage(hostList, ctx, {
          filter: hostFilter.parse({}),
          sort,
          direction: opposite,
          limit: 5000,
        });
        const end = writeCursor([hostList.orders[sort].key(late.at(-1)!), late.at(-1)!.id]);
        for (const cursor of [undefined, first.nextCursor!, end]) {
          const page = { filter, sort, direction, cursor, limit: 20 };
          const read = await readCountedPage(hostList, ctx, page);
          const sorted = await selectPage(hostList, ctx, page);
          expect(
            read.rows.map(({ id }) => id),
            `${sort} ${direction} ${cursor}`,
          ).toEqual(sorted.slice(0, 20).map(({ id }) => id));
        }
      }
    }
  },
);
