import type { WebSocket } from 'ws';

/**
 * Pings a socket and destroys it, without waiting for a close handshake, when nothing has come from it for one and a
 * half pings. Any frame is life: a busy peer need not answer a ping in time.
 * @param onLife called for every frame that comes in
 * @param onSilent called before a silent socket is destroyed
 */
export function keepAlive(socket: WebSocket, pingSeconds: number, { onLife, onSilent }: { onLife?: () => void; onSilent?: () => void } = {}): void {
  let lastHeard = performance.now();
  const heard = () => {
    lastHeard = performance.now();
    onLife?.();
  };
  for (const frame of ['message', 'ping', 'pong'] as const) socket.on(frame, heard);

  const limit = pingSeconds * 1.5 * 1000;
  // Twice a ping, so that silence is noticed at most half a ping late.
  const timer = setInterval(() => {
    if (performance.now() - lastHeard > limit) {
      onSilent?.();
      socket.terminate();
    } else socket.ping();
  }, pingSeconds * 500);
  socket.once('close', () => clearInterval(timer));
}
