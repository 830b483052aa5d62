/**
 * How long a page of the host list takes. `node --import tsx e2e/load/lists.ts [HOSTS] [REQUESTS]` prints JSON; Linux
 * only, `npm run build` first. The hosts are made by SQL in a PostgreSQL of its own.
 *
 * Each shape is asked over REST, one request after the other over one connection: its times, the answer's bytes, the
 * processor time of the server and the statements a request. `bare` is the ceiling: the first page's rows by their
 * index through `pg` alone, by turns with the first shape. `page` is the page as HTML, signed in, as a browser is
 * served it, and so is `dashboard`, of which no host has measured.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { startTestPostgresql } from '../../db/testing-postgresql';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the server's own CA, made before its database
import { loadAuthority } from '../../server/certificates/authority/authority';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the same hosts that its tests have
import { seedManyHosts, seedManyPackages } from '../../server/hosts/testing';
import { ADMIN, ADMIN_ENVIRONMENT, startServer } from '../start-server';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';

const HOSTS = Number(process.argv[2] ?? 100_000);
const REQUESTS = Number(process.argv[3] ?? 40);
const WARM_UP = 5;

const TABLES = [
  ...['host', 'host_tag', 'host_figure', 'host_presence', 'certificate', 'clone', 'fleet', 'fleet_host'],
  ...['host_software', 'software'],
];

/** Of which share of all hosts. */
const FLEETS = [
  { part: 0.001, id: '01890000-0000-7000-a000-000000000001' },
  { part: 0.1, id: '01890000-0000-7000-a000-000000000002' },
  { part: 0.8, id: '01890000-0000-7000-a000-000000000003' },
];

const SHAPES: Record<string, string> = {
  'first page': '',
  ...Object.fromEntries(
    [
      ...[
        'fqdn',
        'state',
        'health',
        'system',
        'cpu',
        'memory',
        'disk',
        'lastSeen',
        'certificate',
        'agent',
        'registered',
      ],
    ].flatMap((sort) =>
      ['asc', 'desc'].map((direction) => [`${sort} ${direction}`, `sort=${sort}&direction=${direction}`]),
    ),
  ),
  ...Object.fromEntries(
    ['up', 'down', 'never', 'pending', 'conflict', 'rejected', 'revoked'].map((state) => [state, `state=${state}`]),
  ),
  'never, latest end first': 'state=never&sort=certificate&direction=desc',
  openbsd: 'platform=openbsd',
  'openbsd, the busiest first': 'platform=openbsd&sort=cpu&direction=desc',
  'critical, the fullest first': 'health=critical&sort=disk&direction=desc',
  'search, the busiest first': 'search=web&sort=cpu&direction=desc',
  'openbsd, down, by last seen': 'platform=openbsd&state=down&sort=lastSeen&direction=desc',
  'search: few': 'search=web-00012',
  'search: a fifth': 'search=web',
  'search: an address': 'search=10.1.2.',
  'search: none': 'search=nothing-like-this',
  ...Object.fromEntries(FLEETS.map(({ id, part }) => [`fleet: ${part} of all hosts`, `fleet=${id}`])),
  ...Object.fromEntries(
    [
      ...['tags has "env:prod"', 'tags has "env:lab"', 'tags has "serial:none"', 'tags has env', 'tags has nothing'],
      ...['memory < 4 GiB', 'cores > 8', 'cores > 64', 'cpu contains epyc', 'cpu contains nothing', 'model = none'],
      ...['os_version < 9', 'os_version < 5', 'kernel < 5', 'address in 10.0.1.0/24', 'address in 203.0.113.0/24'],
      ...['certificate_days < 7', 'name starts with web-00001', 'name contains nothing'],
      ...['reboot = required', 'reboot != not_required'],
      ...['package has openssl', 'package has openssl < 3.0.5', 'package has nginx', 'package has rare'],
      ...['package has openssl < 2', 'package has nothing', 'not package has openssl'],
      'tags has "env:lab" and package has openssl < 3.0.5',
    ].flatMap((rule) => [
      [rule, new URLSearchParams({ filter: rule }).toString()],
      [
        `${rule}, latest seen first`,
        new URLSearchParams({ filter: rule, sort: 'lastSeen', direction: 'desc' }).toString(),
      ],
    ]),
  ),
};

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const postgresql = await startTestPostgresql();
  stops.push(() => postgresql.stop());
  const database = await openDatabase({ url: postgresql.url, directory: folder });
  stops.push(() => database.close());
  await migrateUp(database);
  await seedManyHosts(database.db, HOSTS);
  await seedManyPackages(database.db);
  for (const { part, id } of FLEETS) {
    await database.db.execute(sql`insert into fleet (id, name) values (${id}, ${`${part} of all`})`);
    await database.db.execute(sql`
      insert into fleet_host (fleet_id, host_id, how)
      select ${id}::uuid, id, 'listed' from (select id, row_number() over (order by key_fingerprint) as n from host) h
      where n <= ${HOSTS * part}::int`);
  }
  // Of what is measured nothing is settled.
  await database.db.execute(sql`truncate fleet_due`);
  for (const table of TABLES) await database.db.execute(sql.raw(`vacuum analyze ${table}`));

  // A server that finds approved hosts and no CA refuses to start.
  await loadAuthority(join(folder, 'data/certs'));
  const env = {
    ...ADMIN_ENVIRONMENT,
    DATABASE_URL: postgresql.url,
    SYSMANAGE_LOG_LEVEL: 'error',
    SYSMANAGE_HEARTBEAT_GRACE_SECONDS: '3600',
  };
  const server = await startServer({ dataDir: join(folder, 'data'), env });
  stops.push(() => server.stop());
  const cookie = await signIn(server.url);
  const key = await makeKey(server.url, cookie);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  stops.push(() => agent.destroy());
  const get = (path: string) =>
    getBytes(`${server.agentsUrl}${path}`, { agent, headers: { authorization: `Bearer ${key}` } });
  const rest = (query: string) => get(`/hosts?${query}`);

  const bare = new pg.Client({ connectionString: postgresql.url });
  await bare.connect();
  stops.push(() => bare.end());
  const select = `select id, fqdn, platform, approval, addresses, os_name, os_version, agent_version, fingerprint_words,
    registered_at, registered_from, decided_at, renewal_requested_at, certificate_ends, has_open_clone, last_seen
    from host order by fqdn, id limit 51`;

  const statements = async () => {
    // A backend tells of what it did when it has been idle for a second.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { rows } = await bare.query<{ n: string }>(
      'select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]!.n);
  };

  async function measure(ask: () => Promise<number>, meanwhile?: () => Promise<unknown>) {
    for (let i = 0; i < WARM_UP; i++) await ask();
    const before = await statements();
    const cpu = cpuSeconds(server.pid);
    const times: number[] = [];
    const others: number[] = [];
    let bytes = 0;
    for (let i = 0; i < REQUESTS; i++) {
      const clock = performance.now();
      bytes = await ask();
      times.push(performance.now() - clock);
      if (!meanwhile) continue;
      const other = performance.now();
      await meanwhile();
      others.push(performance.now() - other);
    }
    const serverCpuMs = Number((((cpuSeconds(server.pid) - cpu) * 1000) / REQUESTS).toFixed(1));
    const perRequest = Number((((await statements()) - before) / REQUESTS).toFixed(1));
    return {
      ...percentiles(times),
      serverCpuMs,
      statements: perRequest,
      bytes,
      ...(meanwhile && { bare: percentiles(others) }),
    };
  }

  const results: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(SHAPES)) {
    results[name] = await measure(() => rest(query), name === 'first page' ? () => bare.query(select) : undefined);
  }
  for (const prefix of ['', 'env', 'serial:', '0189', 'nothing'])
    results[`tags: ${prefix || 'all'}`] = await measure(() => get(`/tags?prefix=${prefix}`));
  const middle = await cursorAt(25);
  results['page 26'] = await measure(() => rest(`cursor=${middle}`));
  const asBrowser = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { cookie, 'accept-encoding': 'gzip' } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.text()).length;
  };
  results.page = await measure(() => asBrowser('/hosts'));
  results['dashboard, its figures'] = await measure(() => asBrowser('/trpc/dashboard.overview'));
  results['dashboard, as a page'] = await measure(() => asBrowser('/'));
  results.pageOnTheWire = await bytesOnTheWire(`${server.url}/hosts`, cookie);
  const wanted = {
    restP95: 50,
    tagsP95: 50,
    searchP95: 100,
    pageP95: 60,
    dashboardP95: 100,
    pageBytes: 60_000,
    atAMillionP95: 160,
  };
  console.log(
    JSON.stringify(
      { benchmark: 'lists', machine: describeMachine(), hosts: HOSTS, requests: REQUESTS, unit: 'ms', wanted, results },
      null,
      2,
    ),
  );

  async function cursorAt(pages: number) {
    let cursor = '';
    for (let page = 0; page < pages; page++) {
      const answer = await getJson<{ nextCursor: string }>(
        `${server.agentsUrl}/hosts?${cursor && `cursor=${cursor}`}`,
        key,
      );
      cursor = answer.nextCursor;
    }
    return cursor;
  }

  async function getJson<T>(url: string, key: string): Promise<T> {
    const chunks: Buffer[] = [];
    await getBytes(url, { agent, headers: { authorization: `Bearer ${key}` } }, (chunk) => chunks.push(chunk));
    return JSON.parse(Buffer.concat(chunks).toString()) as T;
  }
} finally {
  for (const stop of stops.reverse()) await stop();
}

function getBytes(
  url: string,
  options: { agent: Agent; headers: Record<string, string> },
  take?: (chunk: Buffer) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, options, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        take?.(chunk);
      });
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url} answered ${answer.statusCode}`)),
      );
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** What travels, and what it is when it is unpacked. `fetch` unpacks by itself, so the raw bytes are read here. */
async function bytesOnTheWire(url: string, cookie: string) {
  const { get } = await import('node:http');
  const [body, encoding] = await new Promise<[Buffer, string | undefined]>((resolve, reject) => {
    get(url, { headers: { cookie, 'accept-encoding': 'gzip', 'sec-fetch-site': 'none' } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve([Buffer.concat(chunks), answer.headers['content-encoding']]));
    }).on('error', reject);
  });
  return { sent: body.length, unpacked: encoding === 'gzip' ? gunzipSync(body).length : body.length };
}

async function post(url: string, procedure: string, input: object, cookie = '') {
  const headers = { origin: url, cookie, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/trpc/${procedure}`, { method: 'POST', headers, body: JSON.stringify(input) });
  if (!answer.ok) throw new Error(`${procedure} was refused: ${await answer.text()}`);
  return answer;
}

async function signIn(url: string): Promise<string> {
  const answer = await post(url, 'users.signIn', ADMIN);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
}

async function makeKey(url: string, cookie: string): Promise<string> {
  const answer = await post(
    url,
    'apiKeys.create',
    { name: 'of this benchmark', permissions: ['hosts.read'], days: 1 },
    cookie,
  );
  const { result } = (await answer.json()) as { result: { data: { key: string } } };
  return result.data.key;
}
