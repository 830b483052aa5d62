import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { answerBare } from './answer-bare';
import { openRawPeer, serveHttp } from '../sockets/testing';
import { dispatchUpgrades, type UpgradeHandler } from './upgrade';

const HEADERS = { 'X-Ours': 'yes' };

async function serve(handlers: Record<string, UpgradeHandler>) {
  const { server, port } = await serveHttp();
  const errors: unknown[] = [];
  dispatchUpgrades(server, handlers, { headers: HEADERS, onError: (error) => errors.push(error) });
  return { server, port, errors };
}

async function answerOf(port: number, path: string, host?: string): Promise<string> {
  const peer = openRawPeer(port, path, host);
  let answer = '';
  for await (const chunk of peer) answer += String(chunk);
  return answer;
}

const failAtOnce: UpgradeHandler = () => {
  throw new Error('at once');
};
const nextSocket = async (server: Server) => ((await once(server, 'connection')) as [Duplex])[0];

test('a path without a handler is not found, whatever its name', async () => {
  const { port } = await serve({});
  for (const path of ['/', '/trpc', '//x', '/__proto__', '/constructor']) {
    expect(await answerOf(port, path)).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\nX-Ours: yes\r\nConnection: close\r\nContent-Length: 0\r\n\r\n$/,
    );
  }
});

test('a query is no part of the path', async () => {
  const { port } = await serve({ '/here': (_request, _socket, _head, answer) => answer(403) });
  expect(await answerOf(port, '/here?a=/b')).toMatch(/^HTTP\/1\.1 403 /);
  expect(await answerOf(port, '/here/')).toMatch(/^HTTP\/1\.1 404 /);
});

test('what no URL can be made of is refused before anyone tries', async () => {
  const { port, errors } = await serve({ '/': failAtOnce });
  for (const [path, host] of [
    ['/', '['],
    ['//', 'localhost'],
    ['*', 'localhost'],
    ['http://localhost/', 'localhost'],
  ] as const) {
    expect(await answerOf(port, path, host), path).toMatch(/^HTTP\/1\.1 400 /);
  }
  expect(errors).toEqual([]);
});

const failLater: UpgradeHandler = async () => Promise.reject(new Error('later'));

test.each([
  ['at once', failAtOnce],
  ['later', failLater],
] as const)('a handler that fails %s is told to the log, and nothing of it to the peer', async (when, handler) => {
  const { port, errors } = await serve({ '/': handler });
  expect(await answerOf(port, '/')).toMatch(
    /^HTTP\/1\.1 500 Internal Server Error\r\n[^]*\r\nContent-Length: 0\r\n\r\n$/,
  );
  expect(errors).toEqual([new Error(when)]);
});

test('a peer that is refused and does not leave is put out', async () => {
  const { server, port } = await serve({});
  const connected = nextSocket(server);
  const peer = openRawPeer(port); // keeps its half of the connection open
  peer.write('and more that nobody will read');
  peer.resume();
  await once(await connected, 'close');
});

test('a peer that resets the connection in the middle of it is nothing', async () => {
  let answer = (_socket: Duplex) => {};
  const asked = new Promise<Duplex>((resolve) => (answer = resolve));
  const { port, errors } = await serve({ '/': (_request, socket) => answer(socket) });
  const peer = openRawPeer(port);
  const socket = await asked;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  peer.resetAndDestroy();
  await closed;
  answerBare(socket, 403, HEADERS);
  expect(errors).toEqual([]);
});
