import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  type ChannelKeys,
  createFrameCodec,
  deriveChannelKeys,
  type FrameCodec,
  type FrameFault,
} from '../../agent/frame-codec';
import {
  AGENT_SOCKET_PATH,
  CONNECTION_TOKEN_HEADER,
  enrolmentProofText,
  type EnrolmentProof,
  type Hello,
  PROTOCOL,
} from '../../agent/protocol';
import { createApiServer } from '../api';
import { ensureServerCertificate } from '../certificates/served/ensure-server-certificate';
import { makeKeys, privateKeyPem } from '../certificates/testing';
import type { AppRouter } from '../router';
import type { Services } from '../services';
import type { AgentIdentity } from './agent-identity';
import { type administratorOf, registrationOf, strangerOf } from '../testing';

/** The API listener, for real, on a loopback port of its own. Returns the port. @param names of its certificate */
export async function serveApi(services: Services, names?: string[]): Promise<number> {
  const server = await serveApiOn(services, names);
  return (server.address() as AddressInfo).port;
}

/** The same, for tests that look at the server's end of a connection. */
export async function serveApiOn(services: Services, names = ['127.0.0.1']): Promise<Server> {
  const directory = services.config.certificates.path;
  const certificate = await ensureServerCertificate(services.authority, { directory, names, now: new Date() });
  const server = createApiServer(services, certificate);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await services.sockets.closeAll('');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return server;
}

/** What a machine says of itself. */
export const HELLO: Hello = {
  ...{
    protocol: PROTOCOL,
    agentVersion: '1.2.3',
    fqdn: 'web-01.example.com',
    platform: 'linux',
    addresses: ['192.0.2.7'],
  },
  ...{ osName: 'Debian GNU/Linux', osVersion: '12', kernel: '6.1.0', architecture: 'x64' },
  hardware: {
    ...{ manufacturer: 'ACME', model: 'One', virtualisation: 'none' },
    ...{ cpuModel: 'Z80', cpuCores: 2, memoryBytes: 65_536 },
  },
  bootedAt: '2026-01-01T00:00:00.000Z',
};

/** What a machine shows at the door, PEM. */
export interface Shown {
  cert?: string;
  key?: string;
}

/** A host that was registered and approved, with its key and certificate. */
export async function enrolledHost(
  services: Services,
  admin: Awaited<ReturnType<typeof administratorOf>>,
  fqdn = 'web-01.example.com',
) {
  const keys = await makeKeys();
  const registration = await registrationOf(fqdn, keys);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(registration);
  await admin.hosts.approve({ hostId });
  const certificate = await services.db.query.certificates.findFirst({
    where: (row, { eq }) => eq(row.hostId, hostId),
  });
  return { hostId, keys, csr: registration.csr, shown: { cert: certificate!.pem, key: await privateKeyPem(keys) } };
}

/** What a waiting agent sends: its challenge, signed with its key. */
export async function proofOf(
  keys: CryptoKeyPair,
  { enrolmentId, challenge }: { enrolmentId: string; challenge: string },
): Promise<EnrolmentProof> {
  const key = createPrivateKey(await privateKeyPem(keys));
  const signature = sign('sha256', Buffer.from(enrolmentProofText(enrolmentId, challenge)), key).toString('base64');
  return { enrolmentId, challenge, signature };
}

/** A connected host, for callers that come without a connection. */
export const agentOf = (hostId: string): AgentIdentity => ({
  hostId,
  fqdn: 'web-01.example.com',
  serial: '01',
  notBefore: new Date(0),
  notAfter: new Date(0),
  isRenewal: false,
});

/** The holder that a certificate of ours names. */
export function holderOf({ cert }: Shown): { hostId: string; serial: string } {
  const { subject, serialNumber } = new X509Certificate(cert!);
  return { hostId: /^OU=(.+)$/m.exec(subject)![1]!, serial: serialNumber };
}

/** Sends a request by hand and returns all that comes first. */
async function exchange(socket: TLSSocket, lines: string[]): Promise<string> {
  socket.write([...lines, '', ''].join('\r\n'));
  for (;;) {
    // A listener of `data` would let all flow on that comes after it, to nobody.
    await once(socket, 'readable');
    const answer = socket.read() as Buffer | null;
    if (answer) return answer.toString('latin1');
  }
}

/** A TLS connection, and the ticket that the server gave with it once it has said anything else. */
export async function openTls(services: Services, port: number, shown: Shown, session?: Buffer) {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: services.authority.signing.pem, session, ...shown });
  let ticket: Buffer | undefined;
  socket.on('session', (received) => (ticket = received));
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return { socket, ticket: () => ticket };
}

/** Asks for a connection token on it; undefined where its certificate counts for nothing. */
export async function askForToken(socket: TLSSocket): Promise<string | undefined> {
  const answer = await exchange(socket, [
    'POST /trpc/agents.connectionToken HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 0',
  ]);
  return /"token":"([^"]+)"/.exec(answer)?.[1];
}

/** The request for the upgrade, as lines. */
export const upgradeLines = (token?: string, headers = ['Host: localhost'], path: string = AGENT_SOCKET_PATH) => [
  ...[`GET ${path} HTTP/1.1`, ...headers, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  ...(token ? [`${CONNECTION_TOKEN_HEADER}: ${token}`] : []),
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/**
 * Asks for the upgrade by hand, so that a test sees the very bytes of a refusal.
 * @param given in place of the token that is asked for on the same connection
 */
export async function knock(services: Services, port: number, shown: Shown, session?: Buffer, given?: string) {
  const { socket, ticket } = await openTls(services, port, shown, session);
  const answer = await exchange(socket, upgradeLines(given ?? (await askForToken(socket))));
  const wasResumed = socket.isSessionReused();
  socket.destroy();
  return { answer, wasResumed, session: ticket() };
}

/** A connection token, and the agent that keeps the TLS connection it is for. */
interface Grant {
  agent: Agent;
  token: string;
  keys: ChannelKeys;
}

async function askForGrant(services: Services, port: number, shown: Shown): Promise<Grant> {
  const agent = new Agent({ ca: services.authority.signing.pem, ...shown, keepAlive: true });
  onTestFinished(() => agent.destroy());
  const call = request({
    agent,
    host: '127.0.0.1',
    port,
    path: '/trpc/agents.connectionToken',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const { token, secret } = (
    JSON.parse(await text(response)) as { result: { data: { token: string; secret: string } } }
  ).result.data;
  return { agent, token, keys: deriveChannelKeys(Buffer.from(secret, 'base64url'), holderOf(shown).serial) };
}

/** An agent's end of a connection, bare, with what seals and opens its frames. */
export class AgentSocket extends WebSocket {
  readonly codec: FrameCodec;
  readonly faults: FrameFault[] = [];

  constructor(port: number, { agent, token, keys }: Grant) {
    super(`wss://127.0.0.1:${port}${AGENT_SOCKET_PATH}`, { agent, headers: { [CONNECTION_TOKEN_HEADER]: token } });
    this.codec = createFrameCodec({ send: keys.toServer, receive: keys.toAgent }, (fault) => this.faults.push(fault));
  }

  /** Sends a message as tRPC would. */
  say(message: unknown): void {
    this.send(this.codec.encode(message));
  }
}

/** An open agent connection, bare. */
export async function connectAgent(services: Services, port: number, shown: Shown): Promise<AgentSocket> {
  const socket = new AgentSocket(port, await askForGrant(services, port, shown));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/**
 * The procedures as a connected agent calls them, over its own mTLS WebSocket, which does not come back when it is
 * closed.
 */
export function openAgentClient(services: Services, port: number, shown: Shown): TRPCClient<AppRouter> {
  let codec: FrameCodec;
  let grant: Grant;
  class ClientSocket extends AgentSocket {
    constructor() {
      super(port, grant);
      ({ codec } = this);
    }
  }
  const client = createWSClient({
    async url() {
      grant = await askForGrant(services, port, shown);
      return ''; // each socket knows
    },
    WebSocket: ClientSocket as never, // ws differs from the browser's class in its types alone
    retryDelayMs: () => 60_000,
    experimental_encoder: { encode: (message) => codec.encode(message), decode: (frame) => codec.decode(frame) },
  });
  onTestFinished(() => client.close());
  return createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
}
