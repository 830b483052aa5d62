import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Listener {
  /** Differs from the one asked for when that is 0. */
  port: number;
  /** Stops listening and destroys what is still open. */
  close(): Promise<void>;
}

/**
 * Connections that the system keeps until we look; it has a bound of its own (`net.core.somaxconn`, 4,096 on Linux).
 * With Node's 511 a fleet that comes back at once loses most of its attempts, and each waits a second and more to try
 * again.
 */
const BACKLOG = 4096;

/** Rejects when the server cannot listen there. `host` absent: every address of the machine. */
export async function listen(server: Server, { port, host }: { port: number; host?: string }): Promise<Listener> {
  // `closeAllConnections` knows neither upgraded sockets nor a peer that never finishes its TLS handshake, and a
  // server waits for both, for as long as they like.
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
