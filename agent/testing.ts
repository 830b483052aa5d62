/**
 * What the agent's tests share: certificates made on the spot, and a real server on loopback. Not part of the agent.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import * as x509 from '@peculiar/x509';
import type { AnyTRPCRouter } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { createFrameCodec, deriveChannelKeys } from './frame-codec';
import { createLog, type Log } from './process/log';
import { Keeper } from './state/keeper';
import { createSettingsKeeper } from './state/settings';
import { AGENT_SOCKET_PATH, CONNECTION_TOKEN_HEADER } from './protocol';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

export interface TestAuthority {
  pem: string;
  certificate: x509.X509Certificate;
  keys: CryptoKeyPair;
}

export async function makeAuthority(name = 'Test CA', keys?: CryptoKeyPair): Promise<TestAuthority> {
  keys ??= await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 48 * HOUR_MS),
    notAfter: new Date(Date.now() + 48 * HOUR_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return { pem: certificate.toString('pem'), certificate, keys };
}

export interface LeafOptions {
  publicKey: CryptoKey;
  names?: string[];
  organizationalUnit?: string;
}

/** Signs a certificate as the server would. `names`: DNS names, or addresses. */
export async function issue(
  authority: TestAuthority,
  { publicKey, names = [], organizationalUnit }: LeafOptions,
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? 'leaf'] }, ...(organizationalUnit ? [{ OU: [organizationalUnit] }] : [])],
    issuer: authority.certificate.subject,
    publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 48 * HOUR_MS),
    notAfter: new Date(Date.now() + 48 * HOUR_MS),
    extensions: names.length
      ? [
          new x509.SubjectAlternativeNameExtension(
            names.map((value): x509.JsonGeneralName => ({ type: isIP(value) ? 'ip' : 'dns', value })),
          ),
        ]
      : [],
  });
  return certificate.toString('pem');
}

/** The certificate for whoever sent a CSR. */
export async function issueFor(authority: TestAuthority, csr: string, organizationalUnit: string): Promise<string> {
  const request = new x509.Pkcs10CertificateRequest(csr);
  if (!(await request.verify())) throw new Error('the CSR is not signed with its key');
  return issue(authority, { publicKey: await request.publicKey.export(), names: ['agent.test'], organizationalUnit });
}

export interface TlsIdentity {
  cert: string;
  key: string;
}

/** @param served the authorities in the chain the server shows; its own unless told otherwise */
export async function makeServerIdentity(
  authority: TestAuthority,
  names = ['localhost', '127.0.0.1'],
  served = [authority],
): Promise<TlsIdentity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: [await issue(authority, { publicKey: keys.publicKey, names }), ...served.map(({ pem }) => pem)].join('\n'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}

export interface TestServerOptions {
  tls: TlsIdentity;
  router: AnyTRPCRouter;
  /** Answers whoever asks for a connection with this status; undefined grants it. 403 refuses the certificate. */
  refuse?: () => number | undefined;
  port?: number;
}

export interface TestServer {
  url: URL;
  port: number;
  sockets: Set<WebSocket>;
  /** Of every upgrade so far: whether its TLS session was resumed. */
  resumed: boolean[];
  /** Called for every TCP connection from now on. */
  onConnection(listener: () => void): void;
  stop(): Promise<void>;
}

/**
 * A server with the agents' two doors: tRPC over HTTPS, and in sealed frames over a WebSocket, whose tokens it gives
 * out itself. Stopped when the test ends.
 */
export async function startTestServer({ tls, router, refuse, port = 0 }: TestServerOptions): Promise<TestServer> {
  const handler = createHTTPHandler({ router, basePath: '/trpc/' });
  /** By TLS connection, as at the real one: an agent upgrades on the connection that it asked on. */
  const grants = new WeakMap<object, { token: string; secret: Buffer }>();
  const server = createServer(
    { ...tls, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      if (request.url !== '/trpc/agents.connectionToken') return handler(request, response);
      const status = refuse?.();
      if (status !== undefined) {
        const data = { httpStatus: status, appCode: status === 403 ? 'auth.forbidden' : 'internal' };
        return response.writeHead(status).end(JSON.stringify({ error: { code: -32603, message: 'no', data } }));
      }
      const [token, secret] = [randomBytes(16).toString('hex'), randomBytes(32)];
      grants.set(request.socket, { token, secret });
      response.end(JSON.stringify({ result: { data: { token, secret: secret.toString('base64url') } } }));
    },
  );
  const webSockets = new WebSocketServer({ noServer: true });
  const sockets = new Set<WebSocket>();
  const resumed: boolean[] = [];
  server.on('upgrade', (request, socket, head) => {
    const tlsSocket = socket as TLSSocket;
    resumed.push(tlsSocket.isSessionReused());
    const token = request.headers[CONNECTION_TOKEN_HEADER]?.toString() ?? '';
    const grant = grants.get(socket);
    if (request.url !== AGENT_SOCKET_PATH || grant?.token !== token)
      return socket.end('HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    const { toAgent, toServer } = deriveChannelKeys(grant.secret, tlsSocket.getPeerX509Certificate()!.serialNumber);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.once('close', () => sockets.delete(webSocket));
      const codec = createFrameCodec({ send: toAgent, receive: toServer }, (fault) => webSocket.close(4003, fault));
      getWSConnectionHandler({ wss: webSockets, router, experimental_encoder: codec })(webSocket, request);
    });
  });
  const listening = await listen(server, port);
  const stop = async () => {
    for (const socket of sockets) socket.terminate();
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  onTestFinished(stop);
  return {
    url: new URL(`https://localhost:${listening}`),
    port: listening,
    sockets,
    resumed,
    onConnection: (listener) => void server.on('connection', listener),
    stop,
  };
}

export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** An address that takes connections and never says anything. */
export async function listenSilently(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => void sockets.push(socket.on('error', () => {})));
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://localhost:${port}`;
}

/** A folder for the state directory, which the agent is to make itself; removed when the test ends. */
export function makeStateFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'sysmanage-agent-test-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'state');
}

/** A log kept in memory, one entry a line, without its time. */
export function recordLog(): { log: Log; lines: string[]; until: (part: string) => Promise<string> } {
  const lines: string[] = [];
  let wake = () => {};
  const log = createLog('debug', (line) => {
    lines.push(line.slice(25, -1));
    wake();
  });
  const until = async (part: string): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => line.includes(part));
      if (found) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { log, lines, until };
}

/** What an agent writes its state directory with, and runs commands with. */
export function keepingIn(folder: string, log: Log) {
  const keeper = new Keeper(log, 50);
  const commanding = { environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, logTail: () => '' };
  return { keeper, remember: createSettingsKeeper(folder, keeper), ...commanding };
}

/** Aborts when the test ends, so that nothing it started outlives it. */
export function signalOfTest(): AbortSignal {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return controller.signal;
}
