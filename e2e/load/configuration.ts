/**
 * A new configuration of all hosts, to N connected agents at once, until each has it in force and the server has stored
 * that; by turns with the ceiling, the same agents calling as often what touches no database.
 * `npm run build && node --import tsx e2e/load/configuration.ts [AGENTS] [postgresql|pglite]` prints JSON; Linux only.
 *
 * - `taken.seconds`: from the request that saves it until the last agent's word is in the database. `cpuMs`: processor
 *   time of the server an agent. `pageMs`: the longest that the server's pages did not answer meanwhile.
 * - `bytes`: both ways over an agent's TLS connection, heartbeats left out because there are none. `unchanged`: the same
 *   when a push tells each what it has already.
 * - `ceiling`: two heartbeats of each agent, which is as many exchanges as a configuration takes: told, and reported.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../start-server';
import { configuredBehaviour } from './configured-agent';
import { describeMachine } from './describe-machine';
import { median } from './measure';
import { seedAgents } from './seed-agents';
import { signIn } from './sign-in';
import { type Channel, ORDINARY, simulateAgent } from './simulated-agent';
import { type Timed, timed } from './timed';

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
      SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600',
    },
  });
  stops.push(() => server.stop());
  const admin = await signIn(server.url);
  const channels: Channel[] = [];
  let taken = 0;
  const target = { ca, port: Number(new URL(server.agentsUrl).port), kind: 'ours' as const };
  const withinMs = (AGENTS / A_SECOND) * 1000;
  for (const identity of agents) {
    const behaviour = {
      ...configuredBehaviour(() => taken++),
      onConnected: (channel: Channel) => void channels.push(channel),
    };
    const agent = simulateAgent({ identity, target, withinMs }, behaviour);
    stops.push(() => agent.stop());
  }
  while (channels.length < AGENTS) await pause(100);
  await pause(2000);

  const rounds: { taken: Timed & { bytes: number }; ceiling: Timed }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = bytesOf(channels);
    taken = 0;
    const one = await timed(server, AGENTS, async () => {
      const document = { log: { level: 'info' }, heartbeat: { interval_seconds: 3600 - round } };
      await admin.post('configuration.saveGlobal', { document, etag: '*' });
      while (taken < AGENTS) await pause(20);
    });
    const bytes = Math.round((bytesOf(channels) - before) / AGENTS);
    const ceiling = await timed(server, AGENTS, async () => {
      const twice = async (channel: Channel) => {
        for (let i = 0; i < 2; i++) await channel.call('agents.heartbeat', ORDINARY.sample());
      };
      await Promise.all(channels.map(twice));
    });
    // The first is for the machine code that V8 has yet to make.
    if (round > 0) rounds.push({ taken: { ...one, bytes }, ceiling });
  }
  const before = bytesOf(channels);
  await admin.post('configuration.push', { targets: { all: true } });
  await pause(5000);
  const unchanged = Math.round((bytesOf(channels) - before) / AGENTS);
  const figures = (what: 'taken' | 'ceiling') => ({
    seconds: median(rounds.map((round) => round[what].seconds)),
    cpuMs: median(rounds.map((round) => round[what].cpuMs)),
    pageMs: median(rounds.map((round) => round[what].pageMs)),
  });
  const bytes = { taken: median(rounds.map((round) => round.taken.bytes)), unchanged };
  const results = { taken: figures('taken'), ceiling: figures('ceiling'), bytes };
  console.log(
    JSON.stringify(
      { benchmark: 'configuration', machine: describeMachine(), agents: AGENTS, database: DATABASE, ...results },
      null,
      2,
    ),
  );
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Of all connections, as their TLS sees them. */
function bytesOf(channels: readonly Channel[]): number {
  return channels.reduce((sum, { socket }) => {
    const { bytesRead, bytesWritten } = (socket as unknown as { _socket: { bytesRead: number; bytesWritten: number } })
      ._socket;
    return sum + bytesRead + bytesWritten;
  }, 0);
}
