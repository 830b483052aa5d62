import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long a refused peer may take to leave. */
const LEAVE_PATIENCE_MS = 1000;

/** Says a bare status and nothing about why on a connection that Node has let go of, and ends it. */
export function answerBare(socket: Duplex, status: number, headers: Record<string, string>): void {
  // No timeout of the server counts any more: a peer that keeps its half open would keep the connection for ever.
  const timer = setTimeout(() => socket.destroy(), LEAVE_PATIENCE_MS);
  socket.once('close', () => clearTimeout(timer));
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': '0' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
}
