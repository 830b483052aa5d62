/**
 * A command that does nothing, to N connected agents at once, until every result is stored; by turns with the ceiling,
 * the same agents calling twice what touches no database.
 * `npm run build && node --import tsx e2e/load/commands.ts [AGENTS] [postgresql|pglite]` prints JSON; Linux only.
 *
 * - `storedSeconds`: from the request until the last result is in the database. `cpuMs`: processor time of the server a
 *   host. `pageMs`: the longest that the server's pages did not answer meanwhile.
 * - `ceiling`: two heartbeats of each agent, which is as many calls as a command takes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { ADMIN, ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../start-server';
import { cpuSeconds } from './cpu-time';
import { describeMachine } from './describe-machine';
import { median } from './measure';
import { OBEDIENT } from './obedient-agent';
import { seedAgents } from './seed-agents';
import { type Channel, simulateAgent } from './simulated-agent';

const AGENTS = Number(process.argv[2] ?? 1000);
const DATABASE = process.argv[3] === 'pglite' ? 'pglite' : 'postgresql';
const ROUNDS = 3;
/** Agents begin to connect spread over so long: the door is not what is measured. */
const A_SECOND = 100;

const stops: (() => unknown)[] = [];
try {
  const dataDir = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
  stops.push(() => rm(dataDir, { recursive: true }));
  const postgresql = DATABASE === 'postgresql' ? await startTestPostgresql() : undefined;
  if (postgresql) stops.push(() => postgresql.stop());
  const { ca, agents } = await seedAgents({ dataDir, url: postgresql?.url, count: AGENTS });
  const server = await startServer({
    dataDir,
    env: {
      ...ADMIN_ENVIRONMENT,
      ...UNLIMITED_HANDSHAKES,
      ...(postgresql && { DATABASE_URL: postgresql.url }),
      SYSMANAGE_LOG_LEVEL: 'error',
      SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '600',
    },
  });
  stops.push(() => server.stop());
  const post = await signIn(server.url);
  const channels: Channel[] = [];
  const target = { ca, port: Number(new URL(server.agentsUrl).port), kind: 'ours' as const };
  const withinMs = (AGENTS / A_SECOND) * 1000;
  for (const identity of agents) {
    const behaviour = { ...OBEDIENT, onConnected: (channel: Channel) => void channels.push(channel) };
    const agent = simulateAgent({ identity, target, withinMs }, behaviour);
    stops.push(() => agent.stop());
  }
  while (channels.length < AGENTS) await pause(100);
  await pause(2000);

  const rounds: Record<'command' | 'ceiling', Awaited<ReturnType<typeof timed>>>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const command = await timed(server, () => noOp(post));
    const ceiling = await timed(server, async () => {
      const twice = async (channel: Channel) => {
        for (let i = 0; i < 2; i++) await channel.call('agents.heartbeat', OBEDIENT.sample());
      };
      await Promise.all(channels.map(twice));
    });
    // The first is for the machine code that V8 has yet to make.
    if (round > 0) rounds.push({ command, ceiling });
  }
  const figures = (what: 'command' | 'ceiling') => ({
    storedSeconds: median(rounds.map((round) => round[what].seconds)),
    cpuMs: median(rounds.map((round) => round[what].cpuMs)),
    pageMs: median(rounds.map((round) => round[what].pageMs)),
  });
  const results = { command: figures('command'), ceiling: figures('ceiling') };
  console.log(
    JSON.stringify(
      { benchmark: 'commands', machine: describeMachine(), agents: AGENTS, database: DATABASE, ...results },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}

type Post = (path: string, data: object) => Promise<{ id: string; counts: Record<string, number> }>;

async function signIn(url: string): Promise<Post> {
  const headers = { origin: url, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/trpc/users.signIn`, { method: 'POST', headers, body: JSON.stringify(ADMIN) });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return async (path, data) => {
    const isQuery = path === 'commands.byId';
    const address = `${url}/trpc/${path}${isQuery ? `?input=${encodeURIComponent(JSON.stringify(data))}` : ''}`;
    const sent = isQuery ? {} : { method: 'POST', body: JSON.stringify(data) };
    const response = await fetch(address, { ...sent, headers: { ...headers, cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { result: { data: Awaited<ReturnType<Post>> } }).result.data;
  };
}

/** Until all of it is in the database. */
async function noOp(post: Post): Promise<void> {
  const { id } = await post('commands.send', { kind: 'get_system_info', parameters: {}, targets: { all: true } });
  for (;;) {
    const { counts } = await post('commands.byId', { commandId: id });
    if (counts.succeeded === AGENTS) return;
    await pause(50);
  }
}

async function timed({ pid, url }: { pid: number; url: string }, act: () => Promise<void>) {
  const [cpu, start] = [cpuSeconds(pid), performance.now()];
  let pageMs = 0;
  let isOver = false;
  const probing = (async () => {
    while (!isOver) {
      const asked = performance.now();
      await fetch(`${url}/healthz`, { headers: { connection: 'close' } }).then((answer) => answer.text());
      pageMs = Math.max(pageMs, Math.round(performance.now() - asked));
      await pause(20);
    }
  })();
  await act();
  const seconds = Number(((performance.now() - start) / 1000).toFixed(2));
  isOver = true;
  await probing;
  return { seconds, pageMs, cpuMs: Number((((cpuSeconds(pid) - cpu) / AGENTS) * 1000).toFixed(2)) };
}
