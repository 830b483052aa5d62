import { jsonEncoder } from '@trpc/server/adapters/ws';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { boundSocket } from './bound-socket';
import { createMeter } from './meter';
import { isFull } from './room-to-send';
import { openPair, textFrame } from './testing';

async function openBound({ waitingBytes = 1024 * 1024 } = {}) {
  const { webSocket, transport, peer } = await openPair();
  const meter = createMeter({ atOnce: { calls: 1, subscriptions: 1 }, rates: {} });
  const onExcess = vi.fn();
  const encoder = boundSocket(webSocket, jsonEncoder, {
    ...{ meters: [meter], nameOf: ({ path }: { path: string }) => path, transport, waitingBytes, onExcess },
  });
  const ask = (id: string | number, method = 'query') =>
    encoder.decode(JSON.stringify({ id, method, params: { path: 'x' } }));
  return { webSocket, transport, peer, encoder, ask, onExcess };
}

test('a peer that does not read is cut off, once so much waits for it', async () => {
  const { webSocket, peer, encoder, onExcess } = await openBound();
  peer.pause();
  const closed = once(webSocket, 'close');
  const piece = 'x'.repeat(256 * 1024);
  while (webSocket.readyState === webSocket.OPEN) {
    webSocket.send(encoder.encode({ id: 1, result: { type: 'data', data: piece } }));
    expect(webSocket.bufferedAmount).toBeLessThan(2 * 1024 * 1024);
    await new Promise(setImmediate);
  }
  expect(onExcess.mock.calls).toEqual([['waiting_bytes']]);
  await closed;
});

test('a peer that asks and does not read its answers is read no further, until it does', async () => {
  const { webSocket, transport, peer, encoder, onExcess } = await openBound({ waitingBytes: 64 * 1024 * 1024 });
  const heard: number[] = [];
  const answer = { result: { type: 'data', data: 'x'.repeat(256 * 1024) } };
  webSocket.on('message', (frame: Buffer) => {
    const { id } = encoder.decode(frame.toString()) as { id: number };
    heard.push(id);
    webSocket.send(encoder.encode({ id, ...answer }));
  });
  peer.pause();
  const ask = (id: number) => peer.write(textFrame(JSON.stringify({ id, method: 'query', params: { path: 'x' } })));
  let asked = 0;
  for (; !webSocket.isPaused && asked < 400; asked++) {
    const isHeard = once(webSocket, 'message');
    ask(asked);
    await isHeard;
  }
  expect(isFull(transport)).toBe(true);
  expect(webSocket.isPaused).toBe(true);
  ask(asked);
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  expect(heard).toHaveLength(asked);
  peer.resume();
  await expect.poll(() => heard.at(-1)).toBe(asked);
  expect(onExcess).not.toHaveBeenCalled();
});

test('a call makes room by its answer, a stream only by its end', async () => {
  const { encoder, ask, onExcess } = await openBound();
  for (const answer of [{ result: { type: 'data', data: 1 } }, { error: { code: 1 } }]) {
    ask(1);
    encoder.encode({ id: 1, ...answer });
  }
  for (const last of [{ error: { code: 1 } }, { result: { type: 'stopped' } }]) {
    ask('a', 'subscription');
    encoder.encode({ id: 'a', result: { type: 'started' } });
    encoder.encode({ id: 'a', result: { type: 'data', data: 1 } });
    encoder.encode({ id: 'a', ...last });
  }
  ask('a', 'subscription');
  ask(1);
  expect(onExcess).not.toHaveBeenCalled();
  encoder.encode({ id: 'a', result: { type: 'data', data: 1 } });
  expect(() => ask('b', 'subscription')).toThrow();
  expect(onExcess.mock.calls).toEqual([['subscriptions']]);
});

test('what was there is not there any more once it is over', async () => {
  const { ask, onExcess, webSocket } = await openBound();
  ask(1);
  expect(() => ask(2)).toThrow();
  await once(webSocket, 'close');
  expect(() => ask(3)).toThrow();
  expect(onExcess.mock.calls).toEqual([['calls']]);
});

test('what tRPC refuses to read as a call counts for none', async () => {
  const { encoder, onExcess } = await openBound();
  for (const frame of [
    'null',
    '7',
    '[]',
    '[[1]]',
    '{"id":1}',
    '{"id":1,"method":"query"}',
    '{"id":null,"method":"query","params":{"path":"x"}}',
    '{"id":1,"method":"query","params":{"path":{}}}',
    '{"id":1,"method":"subscription.stop"}',
  ]) {
    for (let i = 0; i < 3; i++) encoder.decode(frame);
  }
  expect(onExcess).not.toHaveBeenCalled();
});
