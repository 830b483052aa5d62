import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Asks about each TCP connection before TLS spends anything on it; one that is not admitted is reset. Call it before
 * anybody else listens for connections.
 */
export function admitConnections(
  server: Server,
  isAdmitted: (socket: Socket) => Promise<boolean>,
  onError: (error: unknown) => void,
): void {
  // TLS begins in a listener of this event. It cannot be told to let one connection be, so ours stands in its place.
  const begin = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    // Until TLS listens, a peer that resets the connection would take the process down.
    const ignore = () => undefined;
    socket.on('error', ignore);
    isAdmitted(socket).then(
      (admitted) => {
        if (socket.destroyed) return;
        if (!admitted) return void socket.resetAndDestroy();
        socket.off('error', ignore);
        for (const listener of begin) listener.call(server, socket);
      },
      (error: unknown) => {
        socket.destroy();
        onError(error);
      },
    );
  });
}
