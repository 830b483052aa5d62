import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import express from 'express';
import { beforeEach, expect, test } from 'vitest';
import { guardRequests, isSameOrigin } from './same-origin';
import { serveHttp } from '../sockets/testing';

let port: number;

beforeEach(async () => {
  const { server, port: listening } = await serveHttp();
  port = listening;
  server.on('request', express().use(guardRequests).all('*', (_request, response) => void response.send('through')));
});

async function statusOf(method: string, headers: Record<string, string> = {}, body?: string): Promise<number> {
  const request = httpRequest({ port, host: '127.0.0.1', method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode!;
}

const ours = () => ({ origin: `http://127.0.0.1:${port}` });

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s only from our own pages', async (method) => {
  expect(await statusOf(method, ours())).toBe(200);
  for (const origin of ['https://evil.example', 'null', '', 'http://127.0.0.1', `http://127.0.0.1:${port}.evil.example`]) {
    expect(await statusOf(method, { origin })).toBe(403);
  }
  expect(await statusOf(method)).toBe(403);
});

test('reading is for everyone: a link in a message leads here', async () => {
  expect(await statusOf('GET', { origin: 'https://evil.example' })).toBe(200);
  expect(await statusOf('HEAD')).toBe(200);
});

test('a body must say how large it is, and not be too large', async () => {
  expect(await statusOf('POST', { ...ours(), 'content-length': '4' }, 'body')).toBe(200);
  expect(await statusOf('POST', { ...ours(), 'transfer-encoding': 'chunked' }, 'body')).toBe(411);
  expect(await statusOf('POST', { ...ours(), 'content-length': String(64 * 1024 + 1) }, 'body')).toBe(413);
});

test('a page whose name was turned to this machine after it was loaded gets nothing, not even by reading', async () => {
  const rebound = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` };
  expect(await statusOf('GET', rebound)).toBe(421);
  expect(await statusOf('POST', rebound)).toBe(421);
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]']) expect(await statusOf('GET', { host: `${host}:${port}` })).toBe(200);
  for (const host of ['localhost.evil.example', 'evil.example', '127.0.0.1.evil.example', '127.0.0.2']) {
    expect(await statusOf('GET', { host }), host).toBe(421);
  }
});

test.each([
  ['https://sysmanage.example.com', 'sysmanage.example.com', true],
  ['https://sysmanage.example.com', 'SYSMANAGE.example.com', true],
  ['https://sysmanage.example.com:7443', 'sysmanage.example.com:7443', true],
  ['https://[2001:db8::1]:7443', '[2001:db8::1]:7443', true],
  ['http://sysmanage.example.com', 'sysmanage.example.com', false],
  ['https://sysmanage.example.com', 'sysmanage.example.com:7443', false],
  ['https://sub.sysmanage.example.com', 'sysmanage.example.com', false],
  ['https://sysmanage.example.com@evil.example', 'sysmanage.example.com', false],
  ['https://sysmanage.example.com/', 'sysmanage.example.com', false],
  ['null', 'sysmanage.example.com', false],
  [undefined, 'sysmanage.example.com', false],
  ['https://', '', false],
  ['https://undefined', undefined, false],
])('over HTTPS, Origin %s, Host %s: %s', (origin, host, same) => {
  expect(isSameOrigin({ headers: { origin, host }, socket: { encrypted: true } } as unknown as IncomingMessage)).toBe(same);
});
