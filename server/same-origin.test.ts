import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import express from 'express';
import { beforeEach, expect, test } from 'vitest';
import { guardRequests, isSameOrigin } from './same-origin';
import { serveHttp } from './sockets/testing';

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
  expect(await statusOf('POST', { ...ours(), 'content-length': String(1024 * 1024 + 1) }, 'body')).toBe(413);
});

test.each([
  ['https://sysmanage.example.com', 'sysmanage.example.com', true],
  ['https://SysManage.example.com', 'SYSMANAGE.example.com', true],
  ['https://sysmanage.example.com:7443', 'sysmanage.example.com:7443', true],
  ['http://[::1]:3000', '[::1]:3000', true],
  ['https://sysmanage.example.com', 'sysmanage.example.com:7443', false],
  ['https://sub.sysmanage.example.com', 'sysmanage.example.com', false],
  ['sysmanage.example.com', 'sysmanage.example.com', false],
  ['file://', '', false],
])('Origin %s, Host %s: %s', (origin, host, same) => {
  expect(isSameOrigin({ headers: { origin, host } } as IncomingMessage)).toBe(same);
});
