import type { WebSocket } from 'ws';

/** How long a peer may take to answer a close frame before the socket is destroyed. */
const CLOSE_PATIENCE_MS = 1000;

/**
 * Closes with a code, hears nothing more, and destroys the socket when the peer does not answer. Resolves when it is
 * gone.
 */
export function closeFirmly(socket: WebSocket, code: number, reason: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve();
    const timer = setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    // Until its own close frame comes, ws passes on what a peer goes on saying: a revoked agent would still be obeyed.
    socket.removeAllListeners('message');
    socket.close(code, reason);
  });
}
