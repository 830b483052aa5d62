/**
 * How the sign-in page does while a signed-in viewer floods the live socket, beside itself when nobody does.
 * `npm run build && node --import tsx e2e/load/abusive-socket.ts [SECONDS] [postgresql]` prints JSON; Linux only.
 *
 * - `calls`: 20,000 lists of 200 hosts asked for on one socket at once.
 * - `subscriptions`: 3,000 streams opened on one socket.
 *
 * The flood comes from a process of its own, which opens the next socket as soon as the last one is closed. The
 * database has 200 hosts that wait, of which both ask.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { craftAgent } from '../crafted-agent';
import { ADMIN, ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../start-server';
import { describeMachine } from './measure/describe-machine';
import { percentiles } from './measure/measure';
import { residentMiB } from './measure/memory';

const HOSTS = 200;
/** Of the idle figures. */
const WANTED = { p95: 3, memory: 1.5 };

const FLOODS = {
  calls: {
    count: 20_000,
    message: { method: 'query', params: { path: 'hosts.list', input: { limit: HOSTS, waiting: true } } },
  },
  subscriptions: { count: 3000, message: { method: 'subscription', params: { path: 'live.stream' } } },
};
type Flood = keyof typeof FLOODS;

if (process.send) await flood(process.argv[2] as Flood, process.argv[3]!, process.argv[4]!);
else await compare();

async function compare() {
  const seconds = Number(process.argv[2] ?? 15);
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
  const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
  try {
    const env: Record<string, string> = { ...ADMIN_ENVIRONMENT, ...UNLIMITED_HANDSHAKES, SYSMANAGE_LOG_LEVEL: 'error' };
    for (const limit of ['', '_PER_ADDRESS']) env[`SYSMANAGE_ENROLMENT_REGISTRATIONS${limit}`] = '100000';
    if (process.argv.includes('postgresql')) {
      const postgres = await startTestPostgresql();
      stops.push(() => postgres.stop());
      env['DATABASE_URL'] = postgres.url;
    }
    const server = await startServer({ dataDir: join(folder, 'data'), env });
    stops.push(() => server.stop());
    for (let i = 0; i < HOSTS; i++) await craftAgent(server, { fqdn: `waiting-${i}.example.com` });
    const cookie = await signIn(server.url);
    await visit(server.url, 3); // for the machine code that V8 has yet to make

    const idle = {
      page: percentiles(await visit(server.url, seconds)),
      memoryMiB: Math.round(residentMiB(server.pid)),
    };
    const results: Record<string, unknown> = { idle };
    for (const name of Object.keys(FLOODS) as Flood[]) {
      const child = fork(import.meta.filename, [name, server.url, cookie]);
      await once(child, 'message');
      let memoryMiB = 0;
      const watch = () => (memoryMiB = Math.max(memoryMiB, Math.round(residentMiB(server.pid))));
      const page = percentiles(await visit(server.url, seconds, watch));
      child.send('stop');
      const [sockets] = (await once(child, 'message')) as [object];
      results[name] = {
        ...{ page, memoryMiB, sockets },
        ratio: { p95: round(page.p95 / idle.page.p95), memory: round(memoryMiB / idle.memoryMiB) },
      };
    }
    const report = {
      benchmark: 'abusive socket',
      machine: describeMachine(),
      seconds,
      hosts: HOSTS,
      wanted: WANTED,
      results,
    };
    console.log(JSON.stringify(report, null, 2));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function round(ratio: number): number {
  return Number(ratio.toFixed(2));
}

/** Opens the sign-in page again and again. Returns how many milliseconds each took. */
async function visit(url: string, seconds: number, onVisit = () => {}): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    const answer = await fetch(`${url}/sign-in`);
    await answer.text();
    if (!answer.ok) throw new Error(`the sign-in page answered ${answer.status}`);
    times.push(performance.now() - start);
    onVisit();
  }
  return times;
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/trpc/users.signIn`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  if (!answer.ok) throw new Error(`nobody could sign in: ${await answer.text()}`);
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

/** Until it is told to stop; then says how many sockets it had, and how many of them were closed with which words. */
async function flood(name: Flood, url: string, cookie: string) {
  const { count, message } = FLOODS[name];
  const closed: Record<string, number> = {};
  const stopped = once(process, 'message').then(() => null);
  process.send!('begun');
  for (;;) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/trpc`, { headers: { origin: url, cookie } });
    socket.on('error', () => undefined); // it is counted by its close
    const gone = once(socket, 'close') as Promise<[number, Buffer]>;
    socket.once('open', () => {
      for (let id = 0; id < count && socket.readyState === socket.OPEN; id++) {
        socket.send(JSON.stringify({ id, jsonrpc: '2.0', ...message }));
      }
    });
    // A server without bounds closes nothing.
    const end = await Promise.race([gone, stopped]);
    socket.terminate();
    if (!end) break;
    const words = `${end[0]} ${String(end[1])}`;
    closed[words] = (closed[words] ?? 0) + 1;
  }
  process.send!(closed);
  process.disconnect();
}
