import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import express from 'express';
import { beforeEach, expect, test } from 'vitest';
import { pino } from 'pino';
import { errorWords } from '../rest/say-error';
import { createOriginGuard } from './same-origin';
import { serveHttp } from '../sockets/testing';

let port: number;

let logged: { fault: string; msg: string; alsoRefused: number }[];

const guard = (trusted: string[]) =>
  createOriginGuard(
    trusted,
    pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line) as (typeof logged)[number]) }),
  );

async function start(trusted: string[] = []) {
  const { server, port: listening } = await serveHttp();
  port = listening;
  logged = [];
  const { guardRequests } = guard(trusted);
  server.on(
    'request',
    express()
      .use(guardRequests)
      .all('*', (_request, response) => void response.send('through')),
  );
}

beforeEach(() => start());

const statusOf = async (...args: Parameters<typeof answerTo>) => (await answerTo(...args)).status;

async function answerTo(method: string, headers: Record<string, string> = {}, body?: string) {
  const request = httpRequest({ port, host: '127.0.0.1', method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, said: await text(response) };
}

const ours = () => ({ origin: `http://127.0.0.1:${port}` });

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s only from our own pages', async (method) => {
  expect(await statusOf(method, ours())).toBe(200);
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    'http://127.0.0.1',
    `http://127.0.0.1:${port}.evil.example`,
  ]) {
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
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])
    expect(await statusOf('GET', { host: `${host}:${port}` })).toBe(200);
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
  expect(
    guard([]).isSameOrigin({ headers: { origin, host }, socket: { encrypted: true } } as unknown as IncomingMessage),
  ).toBe(same);
});

/** As the browser asked, and as a proxy that ends TLS passes it on. */
const FORWARDED = {
  host: 'sysmanage.example.com',
  origin: 'https://sysmanage.example.com',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '192.0.2.7',
};

test('a proxy that ends TLS is believed when it is named, and not otherwise', async () => {
  const untrusted = await answerTo('POST', FORWARDED);
  expect(untrusted.status).toBe(421);
  expect(untrusted.said).toContain('a proxy at 127.0.0.1 that trusted_proxies does not name');
  // Under our own name, as nginx calls us when it is told nothing.
  const renamed = await answerTo('POST', { origin: FORWARDED.origin });
  expect(renamed.status).toBe(403);
  expect(renamed.said).toContain('name it in trusted_proxies');

  await start(['127.0.0.1']);
  expect(await statusOf('GET', FORWARDED)).toBe(200);
  expect(await statusOf('POST', FORWARDED)).toBe(200);
  expect(await statusOf('POST', { ...FORWARDED, 'x-forwarded-proto': 'wss' })).toBe(200);
  expect(
    await statusOf('POST', { ...FORWARDED, host: '127.0.0.1:3000', 'x-forwarded-host': 'sysmanage.example.com' }),
  ).toBe(200);
  // Of a list the last is the nearest proxy's, and the others may be invented.
  expect(
    await statusOf('POST', {
      ...FORWARDED,
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example, sysmanage.example.com',
    }),
  ).toBe(403);
  for (const origin of ['https://evil.example', 'http://sysmanage.example.com', 'null', '']) {
    const { status, said } = await answerTo('POST', { ...FORWARDED, origin });
    expect(status, origin).toBe(403);
    expect(said, origin).toContain('did not come from a page of this server');
  }
  // A scheme that no page has is none.
  expect(
    await statusOf('POST', { ...FORWARDED, origin: 'ftp://sysmanage.example.com', 'x-forwarded-proto': 'ftp' }),
  ).toBe(421);
});

test('a trusted proxy that says too little is told what to send', async () => {
  await start(['127.0.0.1']);
  const { origin, host } = FORWARDED;
  const halves: Record<string, string>[] = [{ host, origin }, { origin }, { origin, 'x-forwarded-proto': 'https' }];
  for (const headers of halves) {
    expect((await answerTo('POST', headers)).said).toContain(
      'it must send Host (or X-Forwarded-Host) and X-Forwarded-Proto',
    );
  }
});

test('a browser is told in the language that it asks for', async () => {
  const browser = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'ja' };
  const rebound = await answerTo('GET', { host: `evil.example:${port}`, ...browser });
  expect(rebound.status).toBe(421);
  expect(rebound.said).toContain(errorWords.text('errors.origin.unknown_host', 'ja'));
  const large = await answerTo('POST', { ...ours(), ...browser, 'content-length': String(64 * 1024 + 1) }, 'body');
  expect(large.said).toContain(errorWords.say('request.too_large', 'ja', null));
});

test('refusals are logged with what is wrong, and those of a minute as one', async () => {
  for (let i = 0; i < 50; i++) await statusOf('POST', FORWARDED);
  await statusOf('POST', { origin: 'https://evil.example' });
  expect(logged.map(({ fault }) => fault)).toEqual(['untrusted_proxy', 'foreign_origin']);
  expect(logged[0]!.msg).toContain('trusted_proxies');
});
