import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './listen';
import { serveFiles } from './serve-files';

const SCRIPT = 'export const words = "the same again and again";\n'.repeat(100);

async function serve() {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['assets', 'locales/en']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'assets/page-1a2b.js'), SCRIPT);
  await writeFile(join(folder, 'assets/page-1a2b.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(join(folder, 'assets/page-1a2b.js.gz'), gzipSync(SCRIPT));
  await writeFile(join(folder, 'assets/small-1a2b.js'), 'small');
  await writeFile(join(folder, 'locales/en/hosts-1a2b.json'), '{}');
  await writeFile(join(folder, 'locales/en/hosts-1a2b.json.br'), brotliCompressSync('{}'));
  const app = express().use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  const listener = await listen(createServer(app.use(serveFiles(folder))), { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  return async (path: string, headers: OutgoingHttpHeaders = {}) => {
    const asked = get({ port: listener.port, host: '127.0.0.1', path, headers });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
  };
}

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['gzip, br;q=0', 'gzip'],
  ['br;q=0, gzip;q=0', undefined],
  ['identity', undefined],
])('to who accepts %s goes the copy in %s', async (accepted, encoding) => {
  const ask = await serve();
  const { status, headers, body } = await ask('/assets/page-1a2b.js?v=1', { 'accept-encoding': accepted });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': expect.stringMatching(/^(text|application)\/javascript/),
    'content-length': String(body.length),
    vary: 'Accept-Encoding',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(headers['content-encoding']).toBe(encoding);
  const text = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
  expect(text.toString()).toBe(SCRIPT);
  expect(body.length < SCRIPT.length).toBe(encoding !== undefined);
});

test('a copy has a mark of its own, by which it is asked for again', async () => {
  const ask = await serve();
  const plain = await ask('/assets/page-1a2b.js');
  const copy = await ask('/assets/page-1a2b.js', { 'accept-encoding': 'br' });
  expect(copy.headers.etag).not.toBe(plain.headers.etag);
  const again = await ask('/assets/page-1a2b.js', { 'accept-encoding': 'br', 'if-none-match': copy.headers.etag });
  expect(again.status).toBe(304);
  expect(again.headers['cache-control']).toMatch(/immutable/);
});

test('what has no copy is sent as it is', async () => {
  const ask = await serve();
  const { headers, body } = await ask('/assets/small-1a2b.js', { 'accept-encoding': 'br' });
  expect([headers['content-encoding'], headers.vary, body.toString()]).toEqual([undefined, 'Accept-Encoding', 'small']);
});

test('the words of pages are kept as long as scripts', async () => {
  const ask = await serve();
  const { headers } = await ask('/locales/en/hosts-1a2b.json', { 'accept-encoding': 'br' });
  expect(headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test.each(['/assets/none.js', '/assets', '/assets/', '/locales/en', '/locales/..%2fassets%2fpage-1a2b.js', '/nothing'])(
  'an answer about what is not there, %s, is kept by nobody',
  async (path) => {
    const ask = await serve();
    const { status, headers } = await ask(path, { 'accept-encoding': 'br' });
    expect([403, 404]).toContain(status);
    expect(headers['cache-control'] ?? 'no-store').toBe('no-store');
  },
);
