import { isIP, type createConnection } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from './protocol';

const HANDSHAKE_PATIENCE_MS = 15_000;

/** What one TLS identity needs, and the session to resume: it belongs to the certificate it was made with. */
export interface Credentials {
  /** PEM */
  authorities: readonly string[];
  certificate: string;
  privateKeyPem: string;
  /** The latest TLS session ticket. Resuming spares the server most of the handshake when thousands return at once. */
  session?: Buffer;
}

/** How a connection ended, or why there was none. */
export interface Ending {
  /** WebSocket close code; 1006 when there was no close frame (RFC 6455 §7.1.5). */
  code: number;
  reason: string;
  /** The HTTP status, when the server answered the upgrade with something else than 101. */
  status?: number;
  /** Set when we ended it because no frame had come for too long. */
  silent?: boolean;
  error?: Error;
}

export interface SocketOptions {
  credentials: Credentials;
  /** Milliseconds between our pings. A socket is destroyed after one and a half times this without a frame. */
  pingMs: number;
  /** tRPC keeps its socket to itself; we need it to close it. */
  onMade: (socket: WebSocket) => void;
  onEnd: (ending: Ending) => void;
}

/**
 * A WebSocket class bound to one identity, for tRPC, which makes its sockets itself from nothing but an address.
 * TLS is strict: our CAs only, and the server's certificate must be for the name in the address.
 */
export function defineAgentSocket({ credentials, pingMs, onMade, onEnd }: SocketOptions) {
  return class AgentSocket extends WebSocket {
    constructor(address: string) {
      super(address, {
        perMessageDeflate: false,
        maxPayload: MAX_FRAME_BYTES,
        handshakeTimeout: HANDSHAKE_PATIENCE_MS,
        ca: [...credentials.authorities],
        cert: credentials.certificate,
        key: credentials.privateKeyPem,
        minVersion: 'TLSv1.3',
        rejectUnauthorized: true,
        createConnection: connectResuming(credentials),
      });
      const ending: Ending = { code: 1006, reason: '' };
      this.on('unexpected-response', (_request, response) => {
        ending.status = response.statusCode;
        this.terminate();
      });
      this.on('error', (error) => (ending.error ??= error));
      this.once('open', () => {
        endWhenSilent(this, pingMs, () => (ending.silent = true));
      });
      this.once('close', (code, reason) => onEnd({ ...ending, code, reason: reason.toString() }));
      onMade(this);
    }
  };
}

/** ws calls this with the options of its request, which hold ours; its declared type is that of net's function. */
function connectResuming(credentials: Credentials): typeof createConnection {
  const open = (options: ConnectionOptions & { host: string }) => {
    const servername = isIP(options.host) ? '' : options.host;
    const socket = connect({ ...options, path: undefined, servername, session: credentials.session });
    socket.on('session', (session) => (credentials.session = session));
    return socket;
  };
  return open as unknown as typeof createConnection;
}

/** Any inbound frame is life. Without a close handshake at the end: a peer that is gone will not answer one. */
function endWhenSilent(socket: WebSocket, pingMs: number, onSilence: () => void): void {
  const deadline = setTimeout(() => {
    onSilence();
    socket.terminate();
  }, pingMs * 1.5);
  const pinger = setInterval(() => socket.ping(), pingMs);
  const alive = () => deadline.refresh();
  socket.on('message', alive).on('ping', alive).on('pong', alive);
  socket.once('close', () => {
    clearTimeout(deadline);
    clearInterval(pinger);
  });
}
