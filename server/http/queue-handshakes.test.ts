import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createHandshakeQueue } from './queue-handshakes';

/** The server's ends of so many TCP connections, and their peers. */
async function openMany(count: number): Promise<{ socket: Socket; peer: Socket }[]> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pairs = [];
  for (let i = 0; i < count; i++) {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const peer = connect(port, '127.0.0.1').on('error', () => undefined);
    const [socket] = await connected;
    onTestFinished(() => void socket.destroy());
    pairs.push({ socket, peer });
  }
  return pairs;
}

const FOR_EVER_MS = 3_600_000;

/** What became of each that entered, in the order in which it was decided. */
function watchQueue(options: Parameters<typeof createHandshakeQueue>[0]) {
  const queue = createHandshakeQueue({ turnMs: FOR_EVER_MS, ...options });
  const decided: [name: string, mayBegin: boolean][] = [];
  const enter = (name: string, socket: Socket, isFirst = false) =>
    void queue.enter(socket, isFirst).then((mayBegin) => decided.push([name, mayBegin]));
  return { queue, decided, enter };
}

test('so many begin at once, and each that is done lets in the next, those that go first before the others', async () => {
  const [a, b, c, d, e] = await openMany(5);
  const { queue, decided, enter } = watchQueue({ atOnce: 2 });
  enter('a', a!.socket);
  enter('b', b!.socket);
  enter('stranger', c!.socket);
  expect(queue.isBusy()).toBe(false);
  enter('host', d!.socket, true);
  enter('another host', e!.socket, true);
  await expect
    .poll(() => decided)
    .toEqual([
      ['a', true],
      ['b', true],
    ]);
  expect(queue.isBusy()).toBe(true);

  queue.leave(a!.socket);
  queue.leave(a!.socket); // it has left already
  await expect.poll(() => decided.slice(2)).toEqual([['host', true]]);
  b!.socket.destroy();
  await expect.poll(() => decided.slice(3)).toEqual([['another host', true]]);
  expect(queue.isBusy()).toBe(false);
  queue.leave(d!.socket);
  await expect.poll(() => decided.slice(4)).toEqual([['stranger', true]]);
});

test('who begins and then does nothing has had its turn', async () => {
  const [idle, next] = await openMany(2);
  const { decided, enter } = watchQueue({ atOnce: 1, turnMs: 10 });
  enter('idle', idle!.socket);
  enter('next', next!.socket);
  await expect
    .poll(() => decided)
    .toEqual([
      ['idle', true],
      ['next', true],
    ]);
  expect(idle!.socket.destroyed).toBe(false);
});

test('what passes while the server itself is busy is nobody’s turn', async () => {
  const [slow, next] = await openMany(2);
  const { decided, enter } = watchQueue({ atOnce: 1, turnMs: 100 });
  enter('slow', slow!.socket);
  enter('next', next!.socket);
  const end = performance.now() + 300;
  while (performance.now() < end); // as a core does that others have
  await pause(0); // what was due first has been called
  expect(decided).toEqual([['slow', true]]);
  await expect
    .poll(() => decided)
    .toEqual([
      ['slow', true],
      ['next', true],
    ]);
});

test('only so many wait, of each kind; one whose client has gone is none of them', async () => {
  const [a, b, c, d, e] = await openMany(5);
  const { queue, decided, enter } = watchQueue({ atOnce: 1, mostFirst: 1, mostOthers: 1 });
  enter('a', a!.socket);
  enter('b', b!.socket);
  enter('c', c!.socket);
  await expect
    .poll(() => decided)
    .toEqual([
      ['a', true],
      ['c', false],
    ]);
  enter('host', d!.socket, true);

  b!.socket.resume();
  b!.peer.destroy();
  await expect.poll(() => decided.slice(2)).toEqual([['b', false]]);
  enter('e', e!.socket);
  queue.leave(a!.socket);
  queue.leave(d!.socket);
  await expect
    .poll(() => decided.slice(3))
    .toEqual([
      ['host', true],
      ['e', true],
    ]);
});

test('who has waited for longer than a client does is not begun', async () => {
  const [a, b] = await openMany(2);
  const { queue, decided, enter } = watchQueue({ atOnce: 1, mostWaitedMs: -1 });
  enter('a', a!.socket);
  enter('b', b!.socket);
  queue.leave(a!.socket);
  await expect
    .poll(() => decided)
    .toEqual([
      ['a', true],
      ['b', false],
    ]);
});
