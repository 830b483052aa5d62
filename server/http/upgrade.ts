import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerBare } from './answer-bare';
import { hasAddress, isAnswering } from './serve-readable';

/** @param answer gives a status instead of a WebSocket, and ends the connection */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  answer: (status: number) => void,
) => void | Promise<void>;

interface Options {
  /** Those of every answer that is no page's. */
  headers: Record<string, string>;
  onError: (error: unknown) => void;
}

/** The one `upgrade` listener of a server: several would each answer requests that are not theirs. */
export function dispatchUpgrades(
  server: Server,
  handlers: Record<string, UpgradeHandler>,
  { headers, onError }: Options,
): void {
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets the connection meanwhile must not take the process down.
    socket.on('error', () => socket.destroy());
    // Node has let go of it in the middle of what it was saying to the request before.
    if (isAnswering(socket)) return void socket.destroy();
    const answer = (status: number) => answerBare(socket, status, headers);
    // tRPC makes a URL of it when the socket is open already, and throws where it cannot.
    if (!hasAddress(request)) return answer(400);
    const handler = handlers[request.url!.split('?')[0]!];
    if (!handler) return answer(404);
    // Called in an async function, so that what it throws at once is caught as well.
    (async () => handler(request, socket, head, answer))().catch((error: unknown) => {
      onError(error);
      answer(500);
    });
  });
}
