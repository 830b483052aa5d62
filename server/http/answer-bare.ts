import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long a refused peer may take to leave. */
const LEAVE_PATIENCE_MS = 1000;

/**
 * Says a bare status on a connection that Node has let go of, and ends it.
 * @param body JSON, where those who ask are promised some; empty: nothing about why
 */
export function answerBare(socket: Duplex, status: number, headers: Record<string, string>, body = ''): void {
  // No timeout of the server counts any more: a peer that keeps its half open would keep the connection for ever.
  const timer = setTimeout(() => socket.destroy(), LEAVE_PATIENCE_MS);
  socket.once('close', () => clearTimeout(timer));
  const all = { ...headers, Connection: 'close', ...headersOf(body) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** What says of a JSON body what it is, and how long. */
export const headersOf = (body: string): Record<string, string> => ({
  ...(body !== '' && { 'Content-Type': 'application/json; charset=utf-8' }),
  'Content-Length': String(Buffer.byteLength(body)),
});
