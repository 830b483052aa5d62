import { expect, test } from 'vitest';
import { answersPing } from './answers-ping';
import { openPair, textFrame } from './testing';

/** A masked pong with this payload (RFC 6455 §5.5.3), masked with zeros. */
const pong = (payload: Buffer) => Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]);

test('a peer that answers is there', async () => {
  const { webSocket, peer } = await openPair();
  // The ping is the last frame: two bytes of head, unmasked, then its payload.
  peer.on('data', (data: Buffer) => peer.write(pong(data.subarray(-8))));
  expect(await answersPing(webSocket, 60_000)).toBe(true);
});

test('a peer that is silent, sends something else or answers an older ping is not', async () => {
  const { webSocket, peer } = await openPair();
  peer.write(textFrame('still under way'));
  peer.write(pong(Buffer.from('an older')));
  expect(await answersPing(webSocket, 200)).toBe(false);
  expect(webSocket.listenerCount('pong')).toBe(0);
});

test('a peer that goes away is known at once', async () => {
  const { webSocket, peer } = await openPair();
  const answer = answersPing(webSocket, 60_000);
  peer.resetAndDestroy();
  expect(await answer).toBe(false);
  expect(await answersPing(webSocket, 60_000)).toBe(false);
});
