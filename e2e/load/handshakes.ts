/**
 * How many handshakes a core of the server does, beside the least that Node can do with the same certificates in the
 * same run. `npm run build && node --import tsx e2e/load/handshakes.ts [ROUNDS]` prints JSON; Linux only.
 *
 * - `full` and `resumed`: TLS 1.3 with a client certificate and a close, against bare `tls`.
 * - `connected`: a full one and from there to the open WebSocket, against bare `ws`. Ours gives out a token, checks the
 *   certificate and
 *   the rows, and writes that the host came and went, which is nothing of a handshake: no ratio is wanted of it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import { WebSocket } from 'ws';
import { AGENT_SOCKET_PATH, CONNECTION_TOKEN_HEADER } from '../../agent/protocol';
import { ADMIN_ENVIRONMENT, startServer, UNLIMITED_HANDSHAKES } from '../start-server';
import { describeMachine } from './measure/describe-machine';
import { type Credentials, enrolAgent } from './agents/enrol-agent';
import { type Figures, measure, median, medians } from './measure/measure';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = 1000;
const CONCURRENCY = 8;
const WANTED = 0.8;

interface Target {
  pid: number;
  port: number;
}

const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const env = { ...ADMIN_ENVIRONMENT, SYSMANAGE_LOG_LEVEL: 'error', ...UNLIMITED_HANDSHAKES };
  const server = await startServer({ dataDir: join(folder, 'data'), env });
  stops.push(() => server.stop());
  const bare = fork(join(import.meta.dirname, 'servers/bare-listener.ts'), [join(folder, 'data/certs')]);
  stops.push(() => bare.disconnect());
  const [[tlsPort, wsPort]] = (await once(bare, 'message')) as [[number, number]];
  const credentials = await enrolAgent(server, join(folder, 'agent'));
  // Made once: a client that made its own each time would only slow the benchmark.
  const secureContext = createSecureContext({ ...credentials, minVersion: 'TLSv1.3' });

  const ours = { pid: server.pid, port: Number(new URL(server.agentsUrl).port) };
  const bareTls = { pid: bare.pid!, port: tlsPort };
  const bareWs = { pid: bare.pid!, port: wsPort };
  const results = {
    full: await compare((port) => shakeHands(port, secureContext), bareTls, ours),
    resumed: await compare(resuming(secureContext), bareTls, ours),
    connected: await compare((port) => openSocket(port, credentials, port === ours.port), bareWs, ours),
  };
  const wanted = { full: WANTED, resumed: WANTED };
  console.log(JSON.stringify({ benchmark: 'handshakes', machine: describeMachine(), wanted, results }, null, 2));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Both by turns, so that whatever else the machine does falls on both. */
async function compare(act: (port: number) => Promise<unknown>, bare: Target, ours: Target) {
  const rounds: { bare: Figures; ours: Figures }[] = [];
  const run = ({ pid, port }: Target) => measure({ pid, count: COUNT, concurrency: CONCURRENCY, act: () => act(port) });
  for (let round = 0; round <= ROUNDS; round++) rounds.push({ bare: await run(bare), ours: await run(ours) });
  // The first is for the machine code that V8 has yet to make.
  const counted = rounds.slice(1);
  return {
    bare: medians(counted.map((round) => round.bare)),
    ours: medians(counted.map((round) => round.ours)),
    // Round by round, because the two of a round met the same machine.
    ratio: Number(median(counted.map((round) => round.ours.perCoreSecond / round.bare.perCoreSecond)).toFixed(2)),
  };
}

/**
 * From nothing to nothing: only an end that the server answers tells that it has read and checked all that we sent.
 * Resolves with a session ticket when one came; a resumed session brings none.
 */
async function shakeHands(port: number, secureContext: SecureContext, session?: Buffer): Promise<Buffer | undefined> {
  const socket = connect({ port, host: '127.0.0.1', secureContext, session });
  let ticket: Buffer | undefined;
  socket.on('session', (received) => (ticket = received));
  await once(socket, 'secureConnect');
  if (socket.isSessionReused() !== Boolean(session)) throw new Error('the handshake was not of the kind to measure');
  socket.resume().end();
  await once(socket, 'close');
  return ticket;
}

/** Every handshake from one ticket of that listener, got in a full one. */
function resuming(secureContext: SecureContext): (port: number) => Promise<unknown> {
  const tickets = new Map<number, Promise<Buffer | undefined>>();
  return async (port) => {
    const ticket = tickets.get(port) ?? shakeHands(port, secureContext);
    tickets.set(port, ticket);
    return shakeHands(port, secureContext, await ticket);
  };
}

/** Asks for the token that ours wants, and upgrades on the same TLS connection. The bare listener asks for nothing. */
async function openSocket(port: number, { ca, cert, key }: Credentials, wantsToken: boolean): Promise<void> {
  const agent = new Agent({ ca, cert, key, keepAlive: true });
  const headers = wantsToken ? { [CONNECTION_TOKEN_HEADER]: await askForToken(port, agent) } : {};
  const socket = new WebSocket(`wss://127.0.0.1:${port}${AGENT_SOCKET_PATH}`, {
    agent,
    headers,
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.terminate();
  agent.destroy();
}

async function askForToken(port: number, agent: Agent): Promise<string> {
  const call = request({ host: '127.0.0.1', port, path: '/trpc/agents.connectionToken', method: 'POST', agent });
  call.setHeader('content-type', 'application/json').end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const { result } = JSON.parse(await text(response)) as { result: { data: { token: string } } };
  return result.data.token;
}
