/**
 * A fleet that loses its server: simulated agents are connected, the server is ended by SIGKILL or SIGTERM and started
 * again, and what comes of it is told as JSON, beside the same agents at a listener that does TLS and WebSocket alone.
 * `npm run build && node --import tsx e2e/load/fleet.ts [AGENTS] [postgresql|pglite] [one|own] [SIGKILL|SIGTERM]`;
 * all four of the last two without them. Linux only: it takes addresses of 127.0.0.0/8 and figures of `/proc`.
 *
 * - `one`: all from one address, as behind a NAT or a balancer. `own`: each from an address of its own.
 * - `backSeconds`: from the server's readiness until 95 and 100 of a hundred are connected again; null: never.
 * - `tries`: how often an agent tried to connect from the server's end on. As many as agents would be one each.
 * - `markedDown`: hosts of which the history says that they were down. None was: every agent runs all the time.
 * - `blockedMs`: the longest that the server's pages did not answer while the fleet came back.
 * - `cpuMs`: processor time of the server a returned agent.
 * - `steady`: while nothing happens but heartbeats, each of which is stored and judged: percent of a core of the server
 *   and of PostgreSQL with all its processes (null with PGlite, which is in the server), samples that were stored a
 *   second, and hosts of which the health is known at the end.
 * - `failures`: what the server logged as an error meanwhile, and how often.
 * - `ceiling`: the same agents, once each, at the bare listener.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { count, eq } from 'drizzle-orm';
import { openDatabase } from '../../db/open-database';
import { hostEvents } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { type Server, startServer } from '../start-server';
import { cpuSeconds } from './measure/cpu-time';
import { startWatch } from './measure/watch-database';
import { describeMachine } from './measure/describe-machine';
import { seedAgents } from './agents/seed-agents';
import { type Fleet, startFleet } from './agents/start-fleet';

const [agentsArgument, databaseArgument, addressArgument, signalArgument] = process.argv.slice(2);
const AGENTS = Number(agentsArgument ?? 1000);
const DATABASE = databaseArgument === 'pglite' ? 'pglite' : 'postgresql';
const ADDRESSES = (['one', 'own'] as const).filter((one) => !addressArgument || one === addressArgument);
const SIGNALS = (['SIGKILL', 'SIGTERM'] as const).filter((one) => !signalArgument || one === signalArgument);
const GRACE_SECONDS = 60;
const STEADY_SECONDS = 40;
/** Between the end of the server and its next start: a package is replaced, a machine is booted. */
const AWAY_MS = 3000;
const PATIENCE_MS = 240_000;
/** As the server asks agents to spread their return over when it stops. */
const WINDOW_MS = 5000;

const runs = [];
for (const addresses of ADDRESSES) for (const signal of SIGNALS) runs.push(await run(addresses, signal));
console.log(
  JSON.stringify({ benchmark: 'fleet', machine: describeMachine(), agents: AGENTS, database: DATABASE, runs }, null, 2),
);

async function run(addresses: 'one' | 'own', signal: 'SIGKILL' | 'SIGTERM') {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
  const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
  try {
    const dataDir = join(folder, 'data');
    const postgresql = DATABASE === 'postgresql' ? await startTestPostgresql() : undefined;
    if (postgresql) stops.push(() => postgresql.stop());
    const addressOf = (index: number) => (addresses === 'one' ? '127.0.0.1' : ownAddress(index));
    const { ca, agents } = await seedAgents({ dataDir, url: postgresql?.url, count: AGENTS, addressOf });
    const port = await freePort();
    const env = {
      ...(postgresql && { DATABASE_URL: postgresql.url }),
      SYSMANAGE_API_PORT: String(port),
      SYSMANAGE_LOG_LEVEL: 'error',
      SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '30',
      SYSMANAGE_HEARTBEAT_GRACE_SECONDS: String(GRACE_SECONDS),
    };
    let server = await startServer({ dataDir, env });
    stops.push(() => server.stop());
    const fleet = startFleet(agents, { isFromOwnAddress: addresses === 'own', withinMs: WINDOW_MS });
    stops.push(() => fleet.end());

    fleet.connect({ ca, port, kind: 'ours' });
    const first = await comeBack(fleet, server);
    const steady = await measureSteady(server, postgresql?.url);

    const triesBefore = fleet.news().tries;
    await server.stop(signal);
    await pause(AWAY_MS);
    server = await startServer({ dataDir, env });
    const back = await comeBack(fleet, server);
    const tries = fleet.news().tries - triesBefore;
    const { why } = fleet.news();
    // Until whoever is to be marked down is: the grace waits for those who come back, and some seconds more.
    await pause(Math.max(0, (GRACE_SECONDS + 15 - (back.seconds.all ?? 0)) * 1000));
    await server.stop();
    const failures = failuresIn(server.output());
    fleet.leave();
    const markedDown = await countDown(dataDir, postgresql?.url);
    const ceiling = await measureCeiling(fleet, ca, join(dataDir, 'certs'));
    return {
      addresses,
      signal,
      first: figures(first),
      back: { ...figures(back), tries, markedDown, why, failures },
      steady,
      ceiling,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function measureSteady({ pid }: Pick<Server, 'pid'>, url: string | undefined) {
  const database = url ? await startWatch(url) : null;
  const before = { server: cpuSeconds(pid), ...(await database?.look()) };
  await pause(STEADY_SECONDS * 1000);
  const after = { server: cpuSeconds(pid), ...(await database?.look()) };
  await database?.stop();
  const aSecond = (what: 'server' | 'postgresql' | 'samples') =>
    after[what] === undefined ? null : (after[what] - before[what]!) / STEADY_SECONDS;
  const percent = (share: number | null) => share && round(share * 100);
  return {
    serverPercent: percent(aSecond('server')),
    postgresqlPercent: percent(aSecond('postgresql')),
    samplesASecond: aSecond('samples') && round(aSecond('samples')!),
    judged: after.judged ?? null,
  };
}

function figures({ seconds, blockedMs, cpuMs }: Awaited<ReturnType<typeof comeBack>>) {
  return { backSeconds: seconds, blockedMs, cpuMs };
}

/** From now until all are connected, or for four minutes. */
async function comeBack(fleet: Fleet, { pid, url }: Pick<Server, 'pid' | 'url'>) {
  const [cpu, start] = [cpuSeconds(pid), performance.now()];
  const probe = url ? watchBlocking(`${url}/healthz`) : undefined;
  const seconds: Record<'most' | 'all', number | null> = { most: null, all: null };
  const passed = () => round((performance.now() - start) / 1000);
  while (seconds.all === null && performance.now() - start < PATIENCE_MS) {
    await pause(100);
    const { connected } = fleet.news();
    if (connected >= AGENTS * 0.95) seconds.most ??= passed();
    if (connected >= AGENTS) seconds.all ??= passed();
  }
  const missing = AGENTS - fleet.news().connected;
  return {
    seconds: { ...seconds, missing },
    blockedMs: await probe?.stop(),
    cpuMs: round(((cpuSeconds(pid) - cpu) / AGENTS) * 1000),
  };
}

/** Asks one small thing again and again; what it took longest for an answer is how long nothing else was done. */
function watchBlocking(url: string) {
  let longest = 0;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const start = performance.now();
      // On a connection of its own each time: one that waited may be closed at the very moment in which it is used.
      await fetch(url, { headers: { connection: 'close' } }).then(
        (answer) => answer.text(),
        () => undefined,
      );
      longest = Math.max(longest, performance.now() - start);
      await pause(50);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await asking;
      return Math.round(longest);
    },
  };
}

async function measureCeiling(fleet: Fleet, ca: string, certs: string) {
  const bare = fork(join(import.meta.dirname, 'servers/bare-listener.ts'), [certs]);
  try {
    const [[, port]] = (await once(bare, 'message')) as [[number, number]];
    fleet.connect({ ca, port, kind: 'bare' });
    return figures(await comeBack(fleet, { pid: bare.pid!, url: '' }));
  } finally {
    fleet.leave();
    bare.disconnect();
  }
}

function failuresIn(output: string): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const line of output.split('\n').filter((one) => one.startsWith('{'))) {
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } };
    const failure = [msg, err?.message.split('\n')[0]!.slice(0, 80)].filter(Boolean).join(': ');
    failures[failure] = (failures[failure] ?? 0) + 1;
  }
  return failures;
}

/** Of every host, how often its history says that it went down. */
async function countDown(directory: string, url: string | undefined): Promise<number> {
  const database = await openDatabase({ url, directory });
  const [row] = await database.db.select({ n: count() }).from(hostEvents).where(eq(hostEvents.kind, 'down'));
  await database.close();
  return row!.n;
}

/** A port that is free now. A server that is started again must have the one that its agents know. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** One of 127.0.0.0/8 for each of sixteen million. */
function ownAddress(index: number): string {
  const at = index + 256;
  return `127.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
