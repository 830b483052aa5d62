/**
 * A new configuration for a whole fleet: how long until every simulated agent has it in force and the server knows, at
 * what cost, beside as many small calls of the same agents over the same connections.
 * `npm run build && node --import tsx e2e/load/configure.ts [AGENTS] [postgresql|pglite]` prints JSON. Linux only.
 *
 * - `seconds`: from the request that saves it to the last agent's acknowledged report.
 * - `cpuMs`: processor time of the server an agent. `bytes`: of frames an agent, both ways, after the item that tells.
 * - `ceiling`: four calls an agent that ask for nothing, which is how many a configuration takes.
 * - `unchanged`: the same document saved again, as its author does who only changes a comment: nothing is fetched.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { ADMIN, ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../start-server';
import { cpuSeconds } from './cpu-time';
import { describeMachine } from './describe-machine';
import type { FleetNews, FleetOrder } from './fleet-process';
import { seedAgents } from './seed-agents';

const [agentsArgument, databaseArgument] = process.argv.slice(2);
const AGENTS = Number(agentsArgument ?? 1000);
const DATABASE = databaseArgument === 'pglite' ? 'pglite' : 'postgresql';
const PATIENCE_MS = 240_000;
/** It is told, fetches, and reports twice. */
const CALLS = 4;

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const postgresql = DATABASE === 'postgresql' ? await startTestPostgresql() : undefined;
const dataDir = join(folder, 'data');
const { ca, agents } = await seedAgents({ dataDir, url: postgresql?.url, count: AGENTS, addressOf: () => '127.0.0.1' });
const server = await startServer({
  dataDir,
  env: {
    ...(postgresql && { DATABASE_URL: postgresql.url }),
    ...ADMIN_ENVIRONMENT,
    ...UNLIMITED_HANDSHAKES,
    SYSMANAGE_LOG_LEVEL: 'error',
    SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600',
  },
});
const apiPort = Number(new URL(server.agentsUrl).port);
const fleet = fork(join(import.meta.dirname, 'fleet-process.ts'));
let news: FleetNews | undefined;
fleet.on('message', (told: FleetNews) => (news = told));
const order = (what: FleetOrder) => fleet.send(what);

try {
  const target = { ca, port: apiPort, kind: 'ours' as const };
  order({ do: 'connect', agents, target, isFromOwnAddress: false, withinMs: 5000 });
  await until(({ connected }) => connected === AGENTS);
  // Each reports once how it is; that is over when nothing is asked any more.
  await pause(5000);
  const { token } = (await ask('POST', '/login', { userid: ADMIN.email, password: ADMIN.password })).body as {
    token: string;
  };
  let bearer = token;
  const save = async (document: string, etag: string) => {
    const answer = await ask('PUT', '/configuration/global', { document, message: '', etag }, bearer);
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    bearer = answer.next!;
  };
  const changed = await measure(
    () => save('log: { level: warn }\n', '"0"'),
    ({ configured }) => configured === AGENTS,
  );
  const bytes = Math.round(news!.configuredBytes / AGENTS);
  const ceiling = await measure(
    () => void order({ do: 'burst', calls: CALLS }),
    ({ burst }) => burst === AGENTS,
  );
  const before = news!.configured;
  const unchanged = await measure(
    async () => {
      await save('log: { level: warn } # as before\n', '"1"');
      await pause(2000);
    },
    () => true,
  );
  const results = {
    ...{ ...changed, bytes },
    ceiling,
    ratio: Number((ceiling.seconds / changed.seconds).toFixed(2)),
    unchanged: { cpuMs: unchanged.cpuMs, fetched: news!.configured - before },
  };
  console.log(
    JSON.stringify(
      { benchmark: 'configure', machine: describeMachine(), agents: AGENTS, database: DATABASE, results },
      null,
      2,
    ),
  );
} finally {
  fleet.disconnect();
  await server.stop();
  await postgresql?.stop();
  await rm(folder, { recursive: true });
}

async function measure(act: () => unknown, isDone: (now: FleetNews) => boolean) {
  const [cpu, start] = [cpuSeconds(server.pid), performance.now()];
  await act();
  await until(isDone);
  return {
    seconds: Number(((performance.now() - start) / 1000).toFixed(2)),
    cpuMs: Number((((cpuSeconds(server.pid) - cpu) * 1000) / AGENTS).toFixed(2)),
  };
}

async function until(isDone: (now: FleetNews) => boolean): Promise<void> {
  const start = performance.now();
  while (!news || !isDone(news)) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`not in time: ${JSON.stringify(news)}`);
    await pause(20);
  }
}

async function ask(method: string, path: string, body: object, bearer?: string) {
  const sent = JSON.stringify(body);
  const call = request({ host: '127.0.0.1', port: apiPort, path, method, ca });
  call.setHeader('content-type', 'application/json').setHeader('content-length', Buffer.byteLength(sent));
  if (bearer) call.setHeader('authorization', `Bearer ${bearer}`);
  call.end(sent);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const answer = await text(response);
  return {
    status: response.statusCode,
    body: answer === '' ? null : (JSON.parse(answer) as unknown),
    next: response.headers['x_reauthorization'] as string | undefined,
  };
}
