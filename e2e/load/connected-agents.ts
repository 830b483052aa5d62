/**
 * Many agents in one process, and beside each a bare WebSocket to the ceiling's listener. Started by `revocation.ts`;
 * told by IPC whom to be and where to connect, it says when all are connected, and of each socket when it saw it close.
 * Every agent does what ours does: mutual TLS, a token, sealed frames, a hello, an open inbox, heartbeats.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import { createFrameCodec, deriveChannelKeys } from '../../agent/frame-codec';
import { AGENT_SOCKET_PATH, CONNECTION_TOKEN_HEADER, type Hello, type Sample } from '../../agent/protocol';
import type { AppRouter } from '../../server/router';

export interface Orders {
  ca: string;
  agents: { hostId: string; fqdn: string; serial: string; cert: string; key: string }[];
  ours: number;
  bare: number;
}

/** `at` is the system's monotonic clock in nanoseconds, which all processes of a machine share. */
export type News = 'connected' | { target: 'ours' | 'bare'; index: number; at: string; code: number };

const LANES = 8;
const HEARTBEAT_MS = 30_000;

const [orders] = (await once(process, 'message')) as [Orders];
process.on('disconnect', () => process.exit());
const say = (news: News) => process.send?.(news);

let next = 0;
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (let index = next++; index < orders.agents.length; index = next++) {
      await connectBare(index);
      await connectAgent(index);
    }
  }),
);
say('connected');

/** Of a socket that was open: tRPC's client tries again, and what is refused then says nothing of the revocation. */
function report(socket: WebSocket, target: 'ours' | 'bare', index: number) {
  socket.once('open', () => {
    socket.on('close', (code) => say({ target, index, at: String(process.hrtime.bigint()), code }));
  });
}

async function connectBare(index: number): Promise<void> {
  const { cert, key } = orders.agents[index]!;
  const socket = new WebSocket(`wss://127.0.0.1:${orders.bare}/${index}`, { ca: orders.ca, cert, key, perMessageDeflate: false });
  report(socket, 'bare', index);
  await once(socket, 'open');
}

async function connectAgent(index: number): Promise<void> {
  const { cert, key, serial, fqdn } = orders.agents[index]!;
  // Keeps the TLS connection that the token is asked on, and counts on.
  const agent = new Agent({ ca: orders.ca, cert, key, keepAlive: true });
  const { token, secret } = await askForToken(agent);
  const { toServer, toAgent } = deriveChannelKeys(Buffer.from(secret, 'base64url'), serial);
  const client = createWSClient({
    url: `wss://127.0.0.1:${orders.ours}${AGENT_SOCKET_PATH}`,
    WebSocket: class extends WebSocket {
      constructor(address: string) {
        super(address, { agent, perMessageDeflate: false, headers: { [CONNECTION_TOKEN_HEADER]: token } });
        report(this, 'ours', index);
      }
    } as unknown as typeof globalThis.WebSocket,
    // A revoked agent of ours goes to enrol again; these are only to be seen closing.
    retryDelayMs: () => 3_600_000,
    experimental_encoder: createFrameCodec({ send: toServer, receive: toAgent }, (fault) => {
      throw new Error(`the server sent a wrong frame: ${fault}`);
    }),
  });
  const { agents } = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
  await agents.hello.mutate(helloOf(fqdn));
  await new Promise<void>((resolve, reject) => {
    agents.inbox.subscribe(undefined, { onData: () => resolve(), onError: reject });
  });
  // Once it is closed, what was under way fails, as it should.
  const beat = () => agents.heartbeat.mutate(measured()).catch(() => clearInterval(timer));
  const timer = setInterval(() => void beat(), HEARTBEAT_MS * (0.75 + Math.random() / 2));
}

async function askForToken(agent: Agent) {
  const call = request({ host: '127.0.0.1', port: orders.ours, path: '/trpc/agents.connectionToken', method: 'POST', agent });
  call.setHeader('content-type', 'application/json').end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const body = await text(response);
  const { result } = JSON.parse(body) as { result?: { data: { token: string; secret: string } } };
  if (!result) throw new Error(`no connection token: ${body}`);
  return result.data;
}

function helloOf(fqdn: string): Hello {
  return {
    protocol: 1,
    agentVersion: '1.0.0',
    fqdn,
    platform: 'linux',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    kernel: '6.1.0',
    architecture: 'x64',
    addresses: ['192.0.2.7'],
    hardware: { manufacturer: 'QEMU', model: 'Standard PC', virtualisation: 'kvm', cpuModel: 'EPYC', cpuCores: 2, memoryBytes: 4e9 },
    bootedAt: new Date().toISOString(),
  };
}

function measured(): Sample {
  return {
    at: new Date().toISOString(),
    cpuPercent: 12.5,
    load1: 0.5,
    load5: 0.4,
    load15: 0.3,
    memoryTotalBytes: 8e9,
    memoryUsedBytes: 4e9,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    disks: [{ mount: '/', filesystem: 'ext4', totalBytes: 5e11, usedBytes: 1e11 }],
    networkReceivedBytesPerSecond: 1234.5,
    networkSentBytesPerSecond: 2345.6,
    uptimeSeconds: 86_400,
  };
}
