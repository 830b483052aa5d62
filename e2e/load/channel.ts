/**
 * Messages a core does through the sealed channel, beside bare tRPC and a bare echo over the same TLS in the same run,
 * and whether memory stays flat. `node --expose-gc --import tsx e2e/load/channel.ts [MESSAGES]` prints JSON.
 *
 * Both ends of a connection run in this one process, so a figure counts the work of client and server together, as
 * CPU time of the process: what else the machine does is left out.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { createFrameCodec, deriveChannelKeys, type FrameCodec } from '../../agent/frame-codec';
import { MAX_FRAME_BYTES, type Sample, sample } from '../../agent/protocol';
import { describeMachine } from './measure/describe-machine';
import { median } from './measure/measure';

const ROUNDS = 3;
const MESSAGES = Number(process.argv[2] ?? 20_000);
/** Each with one call under way: several on one connection would travel together in one frame. */
const CONNECTIONS = 50;

const heartbeat: Sample = {
  at: new Date().toISOString(),
  cpuPercent: 12.5,
  load1: 0.5,
  load5: 0.4,
  load15: 0.3,
  memoryTotalBytes: 8e9,
  memoryUsedBytes: 4e9,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
  disks: ['/', '/var', '/home'].map((mount) => ({ mount, filesystem: 'ext4', totalBytes: 5e11, usedBytes: 1e11 })),
  networkReceivedBytesPerSecond: 1234.5,
  networkSentBytesPerSecond: 2345.6,
  uptimeSeconds: 86_400,
};

/** Resolves with the answer. */
type Send = () => Promise<unknown>;

const t = initTRPC.create();
const router = t.router({ heartbeat: t.procedure.input(sample).mutation(() => undefined) });

const tls = await makeTls();
const server = createServer({ ...tls, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false });
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
/** What the next connection is served with. */
let serve: (socket: WebSocket) => void = () => {};
webSockets.on('connection', (socket) => serve(socket));
server.listen(0, 'localhost');
await once(server, 'listening');
const url = `wss://localhost:${(server.address() as AddressInfo).port}`;

class Client extends WebSocket {
  constructor(address: string | URL) {
    super(address, { ...tls, ca: tls.cert, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  }
}

const senders = {
  echo: await openMany(openEcho),
  bare: await openMany(() => openTrpc()),
  sealed: await openMany(() => openTrpc(sealedEnds())),
};
const rounds: Record<keyof typeof senders, number[]> = { echo: [], bare: [], sealed: [] };
const heap: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, sends] of Object.entries(senders)) {
    const perCoreSecond = await measureSending(sends);
    // The first round is for the machine code that V8 has yet to make.
    if (round > 0) rounds[name as keyof typeof senders].push(perCoreSecond);
  }
  globalThis.gc?.();
  heap.push(Math.round((process.memoryUsage().heapUsed / 2 ** 20) * 10) / 10);
}
const results = Object.fromEntries(
  Object.entries(rounds).map(([name, figures]) => [name, Math.round(median(figures))]),
);
const payloadBytes = JSON.stringify(heartbeat).length;
const ratio = Number((results['sealed']! / results['bare']!).toFixed(2));
console.log(
  JSON.stringify(
    {
      benchmark: 'channel',
      machine: describeMachine(),
      messages: MESSAGES,
      payloadBytes,
      perCoreSecond: results,
      sealedOfBare: ratio,
      heapMiBAfterRounds: heap,
    },
    null,
    2,
  ),
);
process.exit();

/** How many round trips a second of this process's CPU time is worth. */
async function measureSending(sends: Send[]): Promise<number> {
  const before = process.cpuUsage();
  let left = MESSAGES;
  await Promise.all(
    sends.map(async (send) => {
      while (left-- > 0) await send();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return MESSAGES / ((user + system) / 1e6);
}

async function openMany(open: () => Promise<Send>): Promise<Send[]> {
  const sends: Send[] = [];
  // One after the other: the server is told before each what to serve it with.
  for (let i = 0; i < CONNECTIONS; i++) sends.push(await open());
  return sends;
}

async function openEcho(): Promise<Send> {
  serve = (socket) => socket.on('message', (data) => socket.send(data));
  const socket = new Client(url);
  await once(socket, 'open');
  const waiting: ((value: unknown) => void)[] = [];
  socket.on('message', () => waiting.shift()?.(undefined));
  const message = Buffer.from(JSON.stringify(heartbeat));
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.send(message);
    });
}

async function openTrpc(ends?: { server: FrameCodec; agent: FrameCodec }): Promise<Send> {
  const connected = new Promise<void>((resolve) => {
    serve = (socket) => {
      // The request is read for its address alone, which has no parameters.
      const request = { url: '/', headers: {} } as Parameters<ReturnType<typeof getWSConnectionHandler>>[1];
      getWSConnectionHandler({ router, wss: webSockets, experimental_encoder: ends?.server })(socket, request);
      resolve();
    };
  });
  const client = createWSClient({ url, WebSocket: Client as never, experimental_encoder: ends?.agent });
  await connected;
  const trpc = createTRPCClient<typeof router>({ links: [wsLink({ client })] });
  return () => trpc.heartbeat.mutate(heartbeat);
}

function sealedEnds() {
  const { toServer, toAgent } = deriveChannelKeys(randomBytes(32), '01');
  const fail = (fault: string) => {
    throw new Error(`frame refused: ${fault}`);
  };
  return {
    server: createFrameCodec({ send: toAgent, receive: toServer }, fail),
    agent: createFrameCodec({ send: toServer, receive: toAgent }, fail),
  };
}

async function makeTls() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}
