import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void | Promise<void>;

/** The one `upgrade` listener of a server: several would each answer requests that are not theirs. */
export function dispatchUpgrades(server: Server, handlers: Record<string, UpgradeHandler>, onError: (error: unknown) => void): void {
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets the connection meanwhile must not take the process down.
    socket.on('error', () => socket.destroy());
    const handler = handlers[(request.url ?? '').split('?')[0]!];
    if (!handler) return refuseUpgrade(socket, 404);
    Promise.resolve(handler(request, socket, head)).catch((error: unknown) => {
      onError(error);
      refuseUpgrade(socket, 500);
    });
  });
}

/** A bare status and nothing about why. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
