/**
 * How long after a revocation the agent sees its socket closed: 1,000 of them among 1,000 connected agents, beside a
 * bare `ws` server that is told to close as many sockets of the same agents in the same run.
 * `npm run build && node --import tsx e2e/load/revocation.ts [AGENTS] [postgresql]` prints JSON; Linux only.
 *
 * Server, bare server and agents are three processes; times are of the monotonic clock that they share.
 * - `fromCall`: from before the request `hosts.revoke` is sent to the close as the agent sees it. This is the figure
 *   that is promised: under a second for 99 of 100.
 * - `fromAnswer`: from the answer of that call; below zero where the socket was closed before the answer was here.
 * - `serverCpu`: processor time of the server a revocation, all that is connected included.
 * - `bare`: from before the order to the bare server to the close, likewise.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { ADMIN, ADMIN_ENVIRONMENT, startServer } from '../start-server';
import type { News, Orders } from './agents/connected-agents';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';
import { seedAgents } from './agents/seed-agents';

const AGENTS = Number(process.argv[2] ?? 1000);
const LANES = 8;
const WANTED_P99_MS = 1000;

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const dataDir = join(folder, 'data');
  const postgresql = process.argv[3] === 'postgresql' ? await startTestPostgresql() : undefined;
  if (postgresql) stops.push(() => postgresql.stop());
  const { ca, agents } = await seedAgents({ dataDir, url: postgresql?.url, count: AGENTS });
  const server = await startServer({
    dataDir,
    env: {
      ...ADMIN_ENVIRONMENT,
      ...(postgresql && { DATABASE_URL: postgresql.url }),
      SYSMANAGE_LOG_LEVEL: 'error',
      SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '30',
    },
  });
  stops.push(() => server.stop());
  const bare = fork(join(import.meta.dirname, 'servers/bare-listener.ts'), [join(dataDir, 'certs')]);
  stops.push(() => bare.connected && bare.disconnect());
  const [[, barePort]] = (await once(bare, 'message')) as [[number, number]];

  const connected = fork(join(import.meta.dirname, 'agents/connected-agents.ts'));
  stops.push(() => connected.connected && connected.disconnect());
  const closes = { ours: new Map<number, bigint>(), bare: new Map<number, bigint>() };
  const isDone = () => closes.ours.size === agents.length && closes.bare.size === agents.length;
  const ready = deferred();
  const done = deferred();
  // It may fail before it is waited for, and the server is still to be stopped then.
  done.promise.catch(() => undefined);
  connected.on('exit', (code) => [ready, done].forEach(({ reject }) => reject(new Error(`the agents ended: ${code}`))));
  connected.on('message', (news: News) => {
    if (news === 'connected') return ready.resolve();
    if (news.code !== 4001)
      return done.reject(
        new Error(`${news.target} ${news.index} was closed with ${news.code} after ${closes.ours.size} revocations`),
      );
    closes[news.target].set(news.index, BigInt(news.at));
    if (isDone()) done.resolve();
  });
  const orders: Orders = { ca, agents, ours: Number(new URL(server.agentsUrl).port), bare: barePort };
  connected.send(orders);
  await ready.promise;

  const call = await signIn(server.url);
  const cpu = cpuSeconds(server.pid);
  const starts = {
    ours: new Map<number, bigint>(),
    answered: new Map<number, bigint>(),
    bare: new Map<number, bigint>(),
  };
  const answered = new Map<string, () => void>();
  bare.on('message', (path: string) => answered.get(path)?.());
  let next = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      // By turns, so that whatever else the machine does falls on both.
      for (let index = next++; index < agents.length; index = next++) {
        starts.ours.set(index, process.hrtime.bigint());
        await call('hosts.revoke', { hostId: agents[index]!.hostId });
        starts.answered.set(index, process.hrtime.bigint());
        starts.bare.set(index, process.hrtime.bigint());
        await new Promise<void>((resolve) => {
          answered.set(`/${index}`, resolve);
          bare.send(`/${index}`);
        });
      }
    }),
  );
  await done.promise;
  const serverCpu = Number((((cpuSeconds(server.pid) - cpu) / agents.length) * 1000).toFixed(1));
  const between = (from: Map<number, bigint>, to: Map<number, bigint>) =>
    percentiles([...from].map(([index, at]) => Number(to.get(index)! - at) / 1e6));
  const results = {
    fromCall: between(starts.ours, closes.ours),
    fromAnswer: between(starts.answered, closes.ours),
    bare: between(starts.bare, closes.bare),
  };
  const about = {
    agents: agents.length,
    atOnce: LANES,
    database: postgresql ? 'postgresql' : 'pglite',
    unit: 'ms',
    serverCpu,
  };
  console.log(
    JSON.stringify(
      { benchmark: 'revocation', machine: describeMachine(), ...about, wanted: { p99: WANTED_P99_MS }, results },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred() {
  let [resolve, reject] = [() => {}, (_reason: Error) => {}];
  const promise = new Promise<void>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

/** Signs the administrator in; what comes back calls procedures as a page does. */
async function signIn(url: string) {
  let cookie = '';
  async function call(procedure: string, input: object): Promise<void> {
    const headers = { origin: url, cookie, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/trpc/${procedure}`, { method: 'POST', headers, body: JSON.stringify(input) });
    const body = await answer.text();
    if (!answer.ok) throw new Error(`${procedure} was refused: ${body}`);
    cookie ||= (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
  }
  await call('users.signIn', ADMIN);
  return call;
}
