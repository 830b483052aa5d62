import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { listen } from './listen';
import { openRawPeer } from '../sockets/testing';

const loopback = { port: 0, host: '127.0.0.1' };

test('it tells the port it got, and a second server does not get that', async () => {
  const first = await listen(createServer(), loopback);
  expect(first.port).toBeGreaterThan(0);
  await expect(listen(createServer(), { ...loopback, port: first.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: first.port,
  });
  await first.close();
  const second = await listen(createServer(), { ...loopback, port: first.port });
  await second.close();
});

test('closing does not wait for a request that is not answered', async () => {
  const server = createServer();
  const { port, close } = await listen(server, loopback);
  const request = get({ port, host: '127.0.0.1' });
  const failed = once(request, 'response').catch((error: unknown) => error);
  await once(server, 'request');
  await close();
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
});

test('closing does not wait for a WebSocket that nobody closed', async () => {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  const { port, close } = await listen(server, loopback);
  openRawPeer(port);
  await once(webSockets, 'connection');
  await close();
});

test('closing does not wait for a peer that connected and never began TLS', async () => {
  const server = createTlsServer();
  const { port, close } = await listen(server, loopback);
  const peer = connect(port, '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  peer.on('error', () => peer.destroy());
  await once(server, 'connection');
  await close();
});
