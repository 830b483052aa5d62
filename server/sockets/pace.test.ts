import { once } from 'node:events';
import { expect, test } from 'vitest';
import { CLOSE } from '../../agent/protocol';
import { closeFirmly } from './close-firmly';
import { atPace, createPace } from './pace';
import { isFull } from './room-to-send';
import { openPair, textFrame } from './testing';

const turn = () => new Promise(setImmediate);

test('what is little is done at once; what is more, so much a turn of the event loop and in its order', async () => {
  const pace = createPace(2);
  const done: number[] = [];
  for (let i = 0; i < 5; i++) pace.take(() => void done.push(i));
  expect(done).toEqual([0, 1]);
  await turn();
  expect(done).toEqual([0, 1, 2, 3]);
  // Behind those that wait, although there would be room.
  pace.take(() => void done.push(5));
  await turn();
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  await turn();
  await turn();
  pace.take(() => void done.push(6));
  expect(done.at(-1)).toBe(6);
});

test('whoever else wants something of the process gets it in between', async () => {
  const pace = createPace(10);
  let done = 0;
  for (let i = 0; i < 1000; i++) pace.take(() => void done++);
  const seen: number[] = [];
  while (done < 1000) {
    await turn();
    seen.push(done);
  }
  expect(seen.length).toBeGreaterThanOrEqual(99);
});

test('a socket hears and says everything in its order, also what had to wait', async () => {
  const { webSocket, peer } = await openPair();
  const pace = createPace(1);
  const client = atPace(webSocket, pace);
  const heard: string[] = [];
  client.on('message', (frame: Buffer) => {
    heard.push(frame.toString());
    client.send(frame.toString());
  });
  const said: Buffer[] = [];
  peer.on('data', (data: Buffer) => said.push(data));
  const sent = Array.from({ length: 20 }, (_, i) => `${i}`.padStart(3, '0'));
  peer.write(Buffer.concat(sent.map(textFrame)));
  await expect.poll(() => heard).toEqual(sent);
  // A head of two bytes, unmasked, and the payload.
  const answer = () =>
    Buffer.concat(said)
      .toString('latin1')
      .slice(-20 * 5);
  await expect.poll(answer).toBe(sent.map((text) => `\x81\x03${text}`).join(''));
  expect(webSocket.isPaused).toBe(false);
});

/** Everything waits until it is told to go on. */
function stoppedPace() {
  const waiting: (() => void)[] = [];
  const goOn = () => {
    for (const act of waiting.splice(0)) act();
  };
  return { pace: { take: (act: () => void) => void waiting.push(act) }, waiting, goOn };
}

test('a socket whose frames wait is not read any further, until they had their turn', async () => {
  const { webSocket, peer } = await openPair();
  const { pace, waiting, goOn } = stoppedPace();
  const heard: string[] = [];
  atPace(webSocket, pace).on('message', (frame: Buffer) => void heard.push(frame.toString()));
  for (const text of ['1', '2', '3', '4']) peer.write(textFrame(text));
  await expect.poll(() => waiting).toHaveLength(4);
  expect(webSocket.isPaused).toBe(false);
  peer.write(textFrame('5'));
  await expect.poll(() => webSocket.isPaused).toBe(true);
  peer.write(textFrame('6'));
  expect(heard).toEqual([]);
  goOn();
  expect([webSocket.isPaused, heard]).toEqual([false, ['1', '2', '3', '4', '5']]);
  await expect.poll(() => waiting).toHaveLength(1);
  goOn();
  expect(heard.at(-1)).toBe('6');
});

test('a socket that is being closed while its frames wait is not read again', async () => {
  const { webSocket, peer } = await openPair();
  const { pace, waiting, goOn } = stoppedPace();
  atPace(webSocket, pace).on('message', () => undefined);
  for (const text of ['1', '2', '3', '4', '5']) peer.write(textFrame(text));
  await expect.poll(() => webSocket.isPaused).toBe(true);
  expect(waiting).toHaveLength(5);
  const closed = closeFirmly(webSocket, CLOSE.TOO_MUCH, 'frames');
  webSocket.pause();
  goOn();
  expect(webSocket.isPaused).toBe(true);
  webSocket.terminate();
  await closed;
});

test('no more waits to be sent than a socket has room for, so that whoever looks at the socket sees it', async () => {
  const { webSocket, transport } = await openPair();
  const { pace, waiting, goOn } = stoppedPace();
  const client = atPace(webSocket, pace);
  const sent: string[] = [];
  const send = webSocket.send.bind(webSocket) as (frame: string) => void;
  webSocket.send = (frame: string) => {
    sent.push(frame[0]!);
    send(frame);
  };
  transport.cork();
  client.send('a');
  client.send('b'.repeat(60 * 1024));
  expect([waiting.length, sent, isFull(transport)]).toEqual([2, [], false]);
  client.send('c'.repeat(60 * 1024));
  expect(sent).toEqual(['a', 'b']);
  client.send('d'.repeat(60 * 1024));
  expect([sent, isFull(transport)]).toEqual([['a', 'b', 'c'], true]);
  goOn();
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

test('what waits when a socket is closed is neither heard nor sent', async () => {
  const { webSocket, peer } = await openPair();
  const { pace, waiting, goOn } = stoppedPace();
  const client = atPace(webSocket, pace);
  const heard: string[] = [];
  client.on('message', (frame: Buffer) => void heard.push(frame.toString()));
  const said: Buffer[] = [];
  peer.on('data', (data: Buffer) => said.push(data));
  peer.write(textFrame('too late'));
  await expect.poll(() => waiting).toHaveLength(1);
  client.send('never');
  webSocket.close(4001);
  goOn();
  const closed = once(webSocket, 'close');
  // A close frame of this code, masked with zeros.
  peer.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 4001 >> 8, 4001 & 0xff]));
  await closed;
  expect(heard).toEqual([]);
  expect(Buffer.concat(said).toString('latin1')).not.toContain('never');
});
