import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { bareHeaders } from '../security-headers';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void | Promise<void>;

/** The one `upgrade` listener of a server: several would each answer requests that are not theirs. */
export function dispatchUpgrades(server: Server, handlers: Record<string, UpgradeHandler>, onError: (error: unknown) => void): void {
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets the connection meanwhile must not take the process down.
    socket.on('error', () => socket.destroy());
    const handler = handlers[(request.url ?? '').split('?')[0]!];
    if (!handler) return answerBare(socket, 404);
    // tRPC makes a URL of the two when the socket is open already, and throws where it cannot.
    if (!URL.canParse(request.url!, `http://${request.headers.host}`)) return answerBare(socket, 400);
    // Called in an async function, so that what it throws at once is caught as well.
    (async () => handler(request, socket, head))().catch((error: unknown) => {
      onError(error);
      answerBare(socket, 500);
    });
  });
}

/** How long a refused peer may take to leave. */
const LEAVE_PATIENCE_MS = 1000;

/** Answers a socket that no response stands for, after an upgrade or an unreadable request: a bare status, nothing about why, and the connection is over. */
export function answerBare(socket: Duplex, status: number, headers = bareHeaders({ https: false })): void {
  // No timeout of the server counts after an upgrade, nor for what never became a request: a peer that keeps its half open would keep the connection for ever.
  const timer = setTimeout(() => socket.destroy(), LEAVE_PATIENCE_MS);
  socket.once('close', () => clearTimeout(timer));
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': '0' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
}
