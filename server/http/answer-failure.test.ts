import { join } from 'node:path';
import express from 'express';
import pino from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../errors';
import { errorWords } from '../rest/say-error';
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
  app.get('/away', () => {
    throw new AppError('database.away', { retryAfterSeconds: 5 });
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

test.each(['de', 'ar'])('a browser is told in its language, %s, and can try again', async (language) => {
  const headers = { accept: 'text/html,*/*;q=0.8', 'accept-language': language };
  const toldOf = async (path: string) => {
    const response = await fetch(url + path, { headers });
    expect(response.headers.get('content-language')).toBe(language);
    return { status: response.status, page: await response.text() };
  };
  const away = await toldOf('/away');
  expect(away.status).toBe(503);
  expect(away.page).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
  expect(away.page).toContain(errorWords.say('database.away', language, 5));
  expect(away.page).toContain(errorWords.text('act.tryAgain', language));
  const failed = await toldOf('/fail');
  expect(failed.status).toBe(500);
  expect(failed.page).toContain(errorWords.say('internal', language, null).replaceAll('"', '&#34;'));
  expect(failed.page).toContain(logged.at(-1)!.requestId);
  const none = await toldOf('/named/%ff');
  expect(none.status).toBe(400);
  expect(none.page).toContain(errorWords.text('problem.notFound.text', language));
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
