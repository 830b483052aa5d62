import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../context';
import { router, visitor } from '../trpc';
import { isFull } from './room-to-send';
import { openRawPeer, serveHttp, textFrame } from './testing';

/** More than the system keeps for a peer that does not read: 30 MB. */
const PIECES = 120;
const PIECE = 'x'.repeat(256 * 1024);

/** A page that has asked for a stream of pieces, and reads nothing; how many pieces were made. */
async function startStream() {
  const made = { pieces: 0, isOver: false };
  const pieces = router({
    pieces: visitor.subscription(async function* () {
      try {
        while (made.pieces < PIECES) {
          made.pieces++;
          yield PIECE;
        }
      } finally {
        made.isOver = true;
      }
    }),
  });
  const { server, port } = await serveHttp();
  const wss = new WebSocketServer({ server });
  const connected = once(wss, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const peer = openRawPeer(port);
  const [webSocket, request] = await connected;
  onTestFinished(() => webSocket.terminate());
  const context = { listener: 'web', transport: request.socket } as Context;
  void getWSConnectionHandler({ router: pieces, wss, createContext: () => context })(webSocket, request);
  peer.write(textFrame(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'pieces' } })));
  return { made, peer, webSocket, request };
}

/** When nothing is made any more: the system has taken what it takes for a peer, and the socket is full. */
async function untilFull({ made, request }: Awaited<ReturnType<typeof startStream>>): Promise<number> {
  for (let before = -1; !isFull(request.socket) || before < made.pieces;) {
    before = made.pieces;
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  }
  return made.pieces;
}

test('of a stream nothing more is made while its page does not read, and all of it once it does', async () => {
  const stream = await startStream();
  expect(await untilFull(stream)).toBeLessThan(PIECES);
  expect(stream.request.socket.writableLength).toBeLessThan(2 * PIECE.length);
  stream.peer.resume();
  await expect.poll(() => stream.made, { timeout: 10_000 }).toEqual({ pieces: PIECES, isOver: true });
});

test('a stream ends while it waits for its page', async () => {
  const stream = await startStream();
  await untilFull(stream);
  stream.webSocket.terminate();
  await expect.poll(() => stream.made.isOver).toBe(true);
  expect(stream.made.pieces).toBeLessThan(PIECES);
});
