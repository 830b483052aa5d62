import type { Socket } from 'node:net';

/** Bytes that may wait for a peer; what sends more waits for it to read. */
export const ROOM_BYTES = 64 * 1024;

/** Whether more waits for the peer than there is room for. */
export const isFull = (socket: Socket): boolean => socket.writableLength > ROOM_BYTES;

/**
 * Resolves when there is room to send more: at once, or when the peer has read all that waits for it. Also when nothing
 * is to be sent any more, because the socket is gone or the signal aborts.
 */
export function roomToSend(socket: Socket, signal?: AbortSignal): Promise<void> {
  if (!isFull(socket) || socket.destroyed || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      socket.off('drain', end).off('close', end);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    socket.on('drain', end).on('close', end);
    signal?.addEventListener('abort', end);
  });
}

/**
 * The same items, but no next one is asked for while the peer does not read: a stream that tells what is true now, and
 * not all that ever changed, then says in one item what would have been many.
 */
export async function* atReadersPace<Item>(stream: AsyncIterable<Item>, socket: Socket, signal?: AbortSignal) {
  for await (const item of stream) {
    yield item;
    await roomToSend(socket, signal);
  }
}
