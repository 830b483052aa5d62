/**
 * One agent as the server sees it, for a few kilobytes: mutual TLS, a token, sealed frames, a hello, an open inbox,
 * heartbeats, pings, and the pace at which ours comes back. It collects nothing and stores nothing.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createFrameCodec, deriveChannelKeys } from '../../../agent/frame-codec';
import {
  AGENT_SOCKET_PATH,
  CONNECTION_TOKEN_HEADER,
  type Hello,
  type InboxItem,
  type Sample,
} from '../../../agent/protocol';
/* eslint-disable @typescript-eslint/no-restricted-imports -- A fleet that came back at another pace than ours would say
   nothing of ours. */
import { fullJitter } from '../../../agent/connection/backoff';
import { PATIENCE_MS } from '../../../agent/connection/call-again';
import { endWhenSilent } from '../../../agent/connection/socket';
import { returnWindow } from '../../../agent/process/explain-ending';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { ORDINARY } from './ordinary-agent';
import type { Identity } from './seed-agents';

const PING_MS = 20_000;
const HANDSHAKE_PATIENCE_MS = 15_000;
const ANSWER_PATIENCE_MS = 40_000;
const STABLE_MS = 10_000;
const FACTS_SPREAD_MS = 10_000;
const FACTS_RETRY_MS = 60_000;

export interface Target {
  ca: string;
  port: number;
  /** `bare`: a WebSocket over TLS and nothing more, as `bare-listener.ts` serves it. */
  kind: 'ours' | 'bare';
  /** Of a bare one, by which its listener tells it from the others. */
  path?: string;
}

/** An open connection of an agent. */
export interface Channel {
  /** Calls a procedure; rejects when it is refused, not answered in as long as ours waits, or the connection ends. */
  call(path: string, input?: unknown, how?: { method?: 'mutation' | 'query'; patienceMs?: number }): Promise<unknown>;
  subscribe(path: string, input: unknown, onData: (data: unknown) => void): void;
  socket: WebSocket;
}

/** What an agent does besides being connected. What a feature adds to agents is added here. */
export interface Behaviour {
  /** What it says of itself. */
  hello: (identity: Identity) => Hello;
  sample: () => Sample;
  /** What is told when the server does not know `hello`'s digest. */
  facts?: { hashes: Record<string, string>; reports: unknown[] };
  onInbox?: (item: InboxItem, channel: Channel) => void;
  /** Told when the hello is answered. */
  onConnected?: (channel: Channel, identity: Identity) => void;
  onTry?: () => void;
  /** Told of the end of a connection that was open, with its close code, or that the server was silent. */
  onClosed?: (how: number | 'silent') => void;
  /** Told why a try came to nothing. */
  onFailed?: (why: string) => void;
}

export interface SimulatedAgent {
  stop(): void;
}

/**
 * Keeps one agent connected until it is stopped. It begins after a random part of `withinMs`.
 * @param from the address to connect from; the system chooses without
 */
export function simulateAgent(
  { identity, target, from, withinMs = 0 }: { identity: Identity; target: Target; from?: string; withinMs?: number },
  behaviour: Behaviour = ORDINARY,
): SimulatedAgent {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { cert, key } = identity;
  // As the agent's own: one for all connections, so that its TLS sessions are resumed.
  const agent = new Agent({ keepAlive: true, ca: target.ca, cert, key, minVersion: 'TLSv1.3', localAddress: from });
  const live = async () => {
    await pause(Math.random() * withinMs, undefined, { signal });
    for (let attempt = 0; ; attempt++) {
      const ended = await connectOnce(identity, target, agent, signal, behaviour);
      if (signal.aborted) return;
      if (ended.wasStable) attempt = 0;
      const window = returnWindow(ended);
      const delay = window === null ? fullJitter(attempt, Math.random()) : Math.random() * window;
      await pause(delay, undefined, { signal });
    }
  };
  live().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    stop() {
      stopping.abort();
      agent.destroy();
    },
  };
}

type Ended = Parameters<typeof returnWindow>[0] & { wasStable: boolean };

/** One connection from the first try to its end. Never rejects. */
async function connectOnce(
  identity: Identity,
  target: Target,
  agent: Agent,
  signal: AbortSignal,
  behaviour: Behaviour,
): Promise<Ended> {
  behaviour.onTry?.();
  const none = { code: 1006, reason: '', wasStable: false };
  let token: { token: string; secret: string } | null = null;
  try {
    if (target.kind === 'ours') token = await askForToken(target.port, agent);
  } catch (error) {
    behaviour.onFailed?.(`token: ${nameOf(error)}`);
    return { ...none, status: (error as { status?: number }).status };
  }
  const path = token ? AGENT_SOCKET_PATH : (target.path ?? '/');
  const socket = new WebSocket(`wss://127.0.0.1:${target.port}${path}`, {
    agent,
    headers: token ? { [CONNECTION_TOKEN_HEADER]: token.token } : {},
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_PATIENCE_MS,
  });
  const stop = () => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  let status: number | undefined;
  socket.on('unexpected-response', (_request, response) => {
    status = response.statusCode;
    socket.terminate();
  });
  let isOpen = false;
  socket.on('error', (error) => isOpen || behaviour.onFailed?.(`upgrade: ${status ?? nameOf(error)}`));
  let openedAt = Infinity;
  let isSilent = false;
  socket.once('open', () => {
    isOpen = true;
    openedAt = performance.now();
    endWhenSilent(socket, PING_MS, () => (isSilent = true));
    if (!token) return behaviour.onConnected?.(bareChannel(socket), identity);
    talk(createChannel(socket, token.secret, identity.serial), identity, behaviour, signal).catch((error: unknown) => {
      if (!signal.aborted && socket.readyState === socket.OPEN) behaviour.onFailed?.(nameOf(error));
      socket.terminate();
    });
  });
  // Not `once` of node:events, which rejects at the error that comes before.
  const [code, reason] = await new Promise<[number, Buffer]>((resolve) =>
    socket.once('close', (...how) => resolve(how)),
  );
  signal.removeEventListener('abort', stop);
  if (isOpen && !signal.aborted) behaviour.onClosed?.(isSilent ? 'silent' : code);
  return { code, reason: reason.toString(), status, wasStable: performance.now() - openedAt >= STABLE_MS };
}

const nameOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

async function talk(channel: Channel, identity: Identity, behaviour: Behaviour, signal: AbortSignal): Promise<void> {
  const { heartbeatSeconds, areFactsKnown } = (await channel.call('agents.hello', behaviour.hello(identity))) as {
    heartbeatSeconds: number;
    areFactsKnown?: boolean;
  };
  behaviour.onConnected?.(channel, identity);
  channel.subscribe('agents.inbox', undefined, (tracked) =>
    behaviour.onInbox?.((tracked as { data: InboxItem }).data, channel),
  );
  const { socket } = channel;
  if (!areFactsKnown && behaviour.facts) void tellFacts(channel, behaviour.facts, signal);
  while (!signal.aborted && socket.readyState === socket.OPEN) {
    await channel.call('agents.heartbeat', behaviour.sample());
    await pause(heartbeatSeconds * 1000, undefined, { signal });
  }
}

/**
 * As the agent does (`agent/facts/tell-facts.ts`): apart from the others, as long as it takes, and again when refused.
 */
async function tellFacts(
  channel: Channel,
  { hashes, reports }: NonNullable<Behaviour['facts']>,
  signal: AbortSignal,
): Promise<void> {
  await pause(Math.random() * FACTS_SPREAD_MS, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted && channel.socket.readyState === channel.socket.OPEN) {
    try {
      await channel.call('agents.offerFacts', { hashes }, { patienceMs: Infinity });
      for (const report of reports) await channel.call('agents.reportFacts', report, { patienceMs: Infinity });
      await channel.call('agents.offerFacts', { hashes }, { patienceMs: Infinity });
      return;
    } catch {
      await pause(FACTS_RETRY_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The agent's sealed channel with as much of tRPC's protocol as it takes. */
function createChannel(socket: WebSocket, secret: string, serial: string): Channel {
  const { toServer, toAgent } = deriveChannelKeys(Buffer.from(secret, 'base64url'), serial);
  const codec = createFrameCodec({ send: toServer, receive: toAgent }, () => socket.terminate());
  const answers = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const send = (method: string, path: string, input: unknown, onAnswer: (answer: Answer) => void) => {
    const id = ++last;
    answers.set(id, onAnswer);
    socket.send(codec.encode({ id, method, params: { path, input } }));
    return id;
  };
  socket.on('message', (data: Buffer) => {
    const answer = codec.decode(data) as Answer & { id: number | null };
    if (answer.id !== null) answers.get(answer.id)?.(answer);
  });
  return {
    socket,
    call: (path, input, { method = 'mutation', patienceMs = PATIENCE_MS } = {}) =>
      new Promise((resolve, reject) => {
        const fail = () => settle(() => reject(new Error(`${path} was not answered`)));
        const settle = (act: () => void) => {
          clearTimeout(timer);
          socket.off('close', fail);
          answers.delete(id);
          act();
        };
        const id = send(method, path, input, ({ result, error }) =>
          settle(() => (error ? reject(new Error(`${path} was refused: ${error.message}`)) : resolve(result?.data))),
        );
        const timer = patienceMs === Infinity ? undefined : setTimeout(fail, patienceMs);
        socket.once('close', fail);
      }),
    subscribe(path, input, onData) {
      send('subscription', path, input, ({ result }) => result?.type === 'data' && onData(result.data));
    },
  };
}

interface Answer {
  result?: { type: string; data?: unknown };
  error?: { message: string };
}

function bareChannel(socket: WebSocket): Channel {
  const refuse = () => {
    throw new Error('a bare connection has no procedures');
  };
  return { socket, call: refuse, subscribe: refuse };
}

/** Over the TLS connection that the WebSocket takes over then. Rejects with the `status` of a refusal. */
async function askForToken(port: number, agent: Agent): Promise<{ token: string; secret: string }> {
  const call = request({ host: '127.0.0.1', port, path: '/trpc/agents.connectionToken', method: 'POST', agent });
  // Also after the answer has begun, when nobody waits for the call itself any more.
  call.on('error', () => undefined);
  call.setTimeout(ANSWER_PATIENCE_MS, () => call.destroy(new Error('no answer')));
  call.setHeader('content-type', 'application/json').end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const body = await text(response);
  if (response.statusCode !== 200)
    throw Object.assign(new Error(`status ${response.statusCode}`), { status: response.statusCode });
  return (JSON.parse(body) as { result: { data: { token: string; secret: string } } }).result.data;
}
