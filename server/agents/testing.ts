import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createFrameCodec, deriveChannelKeys, type FrameCodec, type FrameFault } from '../../agent/frame-codec';
import { AGENT_SOCKET_PATH, CONNECTION_TOKEN_HEADER, enrolmentProofText, type EnrolmentProof } from '../../agent/protocol';
import { createApiServer } from '../api';
import { ensureServerCertificate } from '../certificates/ensure-server-certificate';
import { makeKeys, privateKeyPem } from '../certificates/testing';
import type { AppRouter } from '../router';
import type { Services } from '../services';
import type { AgentIdentity } from './authenticate';
import { type administratorOf, registrationOf, strangerOf } from '../testing';

/** The API listener, for real, on a loopback port of its own. Returns the port. */
export async function serveApi(services: Services): Promise<number> {
  const server = await serveApiOn(services);
  return (server.address() as AddressInfo).port;
}

/** The same, for tests that look at the server's end of a connection. */
export async function serveApiOn(services: Services): Promise<Server> {
  const directory = services.config.certificates.path;
  const certificate = await ensureServerCertificate(services.authority, { directory, names: ['127.0.0.1'], now: new Date() });
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

/** What a machine shows at the door, PEM. */
export interface Shown {
  cert?: string;
  key?: string;
}

/** A host that was registered and approved, with its key and certificate. */
export async function enrolledHost(services: Services, admin: Awaited<ReturnType<typeof administratorOf>>, fqdn = 'web-01.example.com') {
  const keys = await makeKeys();
  const registration = await registrationOf(fqdn, keys);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(registration);
  await admin.hosts.approve({ hostId });
  const certificate = await services.db.query.certificates.findFirst({ where: (row, { eq }) => eq(row.hostId, hostId) });
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

/** A fresh connection token, as that certificate would be given one; none for nobody. */
export const tokenFor = ({ connections }: Services, shown: Shown) => (shown.cert ? connections.issue(holderOf(shown)).token : undefined);

/** Asks for the upgrade by hand, so that a test sees the very bytes of a refusal. */
export async function knock(services: Services, port: number, shown: Shown, session?: Buffer, token = tokenFor(services, shown)) {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: services.authority.signing.pem, session, ...shown });
  let kept: Buffer | undefined;
  socket.on('session', (ticket) => (kept = ticket));
  await once(socket, 'secureConnect');
  socket.write(
    `GET ${AGENT_SOCKET_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      (token ? `${CONNECTION_TOKEN_HEADER}: ${token}\r\n` : '') +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const wasResumed = socket.isSessionReused();
  socket.destroy();
  return { answer: answer.toString('latin1'), wasResumed, session: kept };
}

/** An agent's end of a connection, bare, with what seals and opens its frames. */
export class AgentSocket extends WebSocket {
  readonly codec: FrameCodec;
  readonly faults: FrameFault[] = [];

  constructor(services: Services, port: number, shown: Shown) {
    const { token, secret } = services.connections.issue(holderOf(shown));
    super(`wss://127.0.0.1:${port}${AGENT_SOCKET_PATH}`, {
      ca: services.authority.signing.pem,
      ...shown,
      headers: { [CONNECTION_TOKEN_HEADER]: token },
    });
    const { toServer, toAgent } = deriveChannelKeys(Buffer.from(secret, 'base64url'), holderOf(shown).serial);
    this.codec = createFrameCodec({ send: toServer, receive: toAgent }, (fault) => this.faults.push(fault));
  }

  /** Sends a message as tRPC would. */
  say(message: unknown): void {
    this.send(this.codec.encode(message));
  }
}

/** An open agent connection, bare. */
export async function connectAgent(services: Services, port: number, shown: Shown): Promise<AgentSocket> {
  const socket = new AgentSocket(services, port, shown);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** The procedures as a connected agent calls them, over its own mTLS WebSocket, which does not come back when it is closed. */
export function openAgentClient(services: Services, port: number, shown: Shown): TRPCClient<AppRouter> {
  let codec: FrameCodec;
  class ClientSocket extends AgentSocket {
    constructor() {
      super(services, port, shown);
      ({ codec } = this);
    }
  }
  const client = createWSClient({
    url: '', // each socket knows
    WebSocket: ClientSocket as never, // ws differs from the browser's class in its types alone
    retryDelayMs: () => 60_000,
    experimental_encoder: { encode: (message) => codec.encode(message), decode: (frame) => codec.decode(frame) },
  });
  onTestFinished(() => client.close());
  return createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
}
