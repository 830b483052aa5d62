import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { keepAlive } from './keep-alive';
import { openPair, serveHttp, textFrame } from './testing';

test('a peer that falls silent is destroyed after one and a half pings, without a close handshake', async () => {
  const { webSocket, peer } = await openPair();
  const closed = once(webSocket, 'close');
  const gone = once(peer, 'close');
  const start = performance.now();
  let silentAt = 0;
  keepAlive(webSocket, 0.2, { onSilent: () => (silentAt = performance.now() - start) });

  expect((await closed)[0]).toBe(1006);
  expect(silentAt).toBeGreaterThan(300);
  peer.end();
  await gone;
});

test('a peer that answers no ping but sends data lives', async () => {
  const { webSocket, peer } = await openPair();
  let silent = false;
  let heard = 0;
  keepAlive(webSocket, 0.4, { onLife: () => heard++, onSilent: () => (silent = true) });
  const start = performance.now();
  const sending = setInterval(() => peer.write(textFrame('I am here')), 50);
  // Well beyond the 600 ms after which a silent one is destroyed.
  while (performance.now() - start < 1200) await once(webSocket, 'message');
  clearInterval(sending);

  expect(silent).toBe(false);
  expect(webSocket.readyState).toBe(webSocket.OPEN);
  expect(heard).toBeGreaterThan(1);

  await once(webSocket, 'close');
  expect(silent).toBe(true);
});

test('a peer that says nothing but answers pings lives, and each answer counts as life', async () => {
  const { server, port } = await serveHttp();
  const connected = once(new WebSocketServer({ server }), 'connection') as Promise<[WebSocket]>;
  const peer = new WebSocket(`ws://127.0.0.1:${port}`);
  const [webSocket] = await connected;
  let silent = false;
  let heard = 0;
  keepAlive(webSocket, 0.4, { onLife: () => heard++, onSilent: () => (silent = true) });
  const start = performance.now();
  while (performance.now() - start < 1200) await once(webSocket, 'pong');
  expect({ silent, state: webSocket.readyState }).toEqual({ silent: false, state: webSocket.OPEN });
  expect(heard).toBeGreaterThan(1);
  peer.terminate();
});

test('a peer that says something by itself is not pinged', async () => {
  const { webSocket, peer } = await openPair();
  let pinged = false;
  // 0x89 begins a ping (RFC 6455 §5.2).
  peer.on('data', (data: Buffer) => (pinged ||= data[0] === 0x89));
  keepAlive(webSocket, 0.4);
  const start = performance.now();
  const sending = setInterval(() => peer.write(textFrame('I am here')), 20);
  while (performance.now() - start < 1000) await once(webSocket, 'message');
  clearInterval(sending);
  expect(pinged).toBe(false);
});

test('what came while this process did nothing else is read before anybody is taken for silent', async () => {
  const { webSocket, peer } = await openPair();
  let silent = false;
  keepAlive(webSocket, 0.2, { onSilent: () => (silent = true) });
  const start = performance.now();
  while (performance.now() - start < 1000); // Busy for three times as long as anybody may be silent.
  peer.write(textFrame('I am here'));
  await once(webSocket, 'message');
  expect(silent).toBe(false);
});

test('one timer looks at all of them', async () => {
  const pairs = [await openPair(), await openPair(), await openPair()];
  const before = activeTimers();
  for (const { webSocket } of pairs) keepAlive(webSocket, 300);
  expect(activeTimers()).toBe(before + 1);
});

test('its timer ends with the socket', async () => {
  const { webSocket } = await openPair();
  const before = activeTimers();
  keepAlive(webSocket, 301);
  expect(activeTimers()).toBe(before + 1);
  webSocket.terminate();
  await once(webSocket, 'close');
  expect(activeTimers()).toBeLessThanOrEqual(before);
});

const activeTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
