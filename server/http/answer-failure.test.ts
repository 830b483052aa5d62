import { join } from 'node:path';
import express from 'express';
import pino from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { answerFailure } from './answer-failure';
import { readBody } from './read-body';
import { serveHttp } from '../sockets/testing';

let url: string;
let logged: Record<string, unknown>[];

beforeEach(async () => {
  logged = [];
  const log = pino(
    { level: 'info' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const app = express();
  app.get('/fail', () => {
    throw new Error('hunter2');
  });
  app.get('/half', (_request, response) => {
    response.write('half');
    throw new Error('hunter2');
  });
  app.use('/calls', readBody(1000));
  app.post('/calls', (_request, response) => void response.send('read'));
  app.use('/files', express.static(join(import.meta.dirname, 'nothing'), { fallthrough: false }));
  app.get('/named/:name', (_request, response) => void response.send('there'));
  app.use(answerFailure(log));
  const { server, port } = await serveHttp();
  server.on('request', app);
  url = `http://127.0.0.1:${port}`;
});

test('a failure of ours says where to find it in the log, and nothing else', async () => {
  const response = await fetch(`${url}/fail`);
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toMatch(/hunter2|at /);
  expect(logged).toMatchObject([{ msg: 'request failed', err: { message: 'hunter2' } }]);
  expect(text).toContain(logged[0]!.requestId);
});

test('what the caller got wrong is no line in the log', async () => {
  for (const [path, status] of [
    ['/files/none.js', 404],
    ['/named/%ff', 400],
  ] as const) {
    const response = await fetch(url + path);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain(import.meta.dirname);
  }
  expect(logged).toEqual([]);
});

test('a body that is too large, nested too deeply or compressed is not read', async () => {
  const send = async (body: string, headers = {}) =>
    (await fetch(`${url}/calls`, { method: 'POST', body, headers })).status;
  expect(await send('[[[]]]')).toBe(200);
  expect(await send('x'.repeat(1001))).toBe(413);
  expect(await send('['.repeat(21))).toBe(400);
  expect(await send('x', { 'content-encoding': 'gzip' })).toBe(415);
  expect(logged).toEqual([]);
});

test('an answer that failed half-way is cut, not completed', async () => {
  const response = await fetch(`${url}/half`);
  await expect(response.text()).rejects.toThrow();
});
