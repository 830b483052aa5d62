import { once } from 'node:events';
import { expect, test } from 'vitest';
import { closeFirmly } from './close-firmly';
import { openPair, textFrame } from './testing';

test('a peer that does not answer the close is destroyed', async () => {
  const { webSocket, peer } = await openPair();
  const received: Buffer[] = [];
  peer.on('data', (chunk: Buffer) => received.push(chunk));
  const start = performance.now();

  await closeFirmly(webSocket, 4001, 'why');

  expect(performance.now() - start).toBeGreaterThan(900);
  expect(webSocket.readyState).toBe(webSocket.CLOSED);
  // A close frame: opcode 8, the code, the reason (RFC 6455 §5.5.1).
  const frame = Buffer.concat([Buffer.from([0x88, 5, 4001 >> 8, 4001 & 0xff]), Buffer.from('why')]);
  expect(Buffer.concat(received).includes(frame)).toBe(true);
});

test('what is closed already, and closing twice, end at once', async () => {
  const { webSocket } = await openPair();
  webSocket.terminate();
  await Promise.all([closeFirmly(webSocket, 4001, ''), closeFirmly(webSocket, 4001, '')]);
  await closeFirmly(webSocket, 4001, '');
  expect(webSocket.readyState).toBe(webSocket.CLOSED);
});

test('nothing is heard of a peer that goes on after we closed', async () => {
  const { webSocket, peer } = await openPair();
  const heard: string[] = [];
  webSocket.on('message', (data: Buffer) => heard.push(data.toString()));
  peer.write(textFrame('before'));
  await once(webSocket, 'message');

  const closed = closeFirmly(webSocket, 4001, '');
  peer.write(textFrame('after'));
  await closed;

  expect(heard).toEqual(['before']);
});
