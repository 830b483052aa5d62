import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

/**
 * Whether there is still somebody at the other end: pings at once and resolves true when that very ping is answered,
 * false when the socket closes or nothing has come after `patienceMs`. Other frames prove nothing, for they may have
 * been under way when the network died.
 */
export function answersPing(socket: WebSocket, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve(false);
    const nonce = randomBytes(8);
    const end = (isAlive: boolean) => {
      clearTimeout(timer);
      socket.off('pong', onPong).off('close', onClose);
      resolve(isAlive);
    };
    const onPong = (data: Buffer) => data.equals(nonce) && end(true);
    const onClose = () => end(false);
    const timer = setTimeout(() => end(false), patienceMs);
    socket.on('pong', onPong).on('close', onClose);
    socket.ping(nonce);
  });
}
