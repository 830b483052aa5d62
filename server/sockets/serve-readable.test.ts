import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { READS_EVERYTHING, serveReadable } from './serve-readable';
import { serveHttp } from './testing';

const HEADERS = { 'X-Ours': 'yes' };

async function serve() {
  const { server, port } = await serveHttp(READS_EVERYTHING);
  serveReadable(server, (_request, response) => response.end('read'), HEADERS);
  return { server, port };
}

/** A TCP connection that says this, and leaves its half of it open. */
function say(port: number, said: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.write(said);
  return socket;
}

test.each([
  ['what is no HTTP', 'hello\r\n\r\n', '400 Bad Request'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', '400 Bad Request'],
  ['a length beside chunks', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400 Bad Request'],
  ['a head that is too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, '413 Payload Too Large'],
  ['a head that goes on and on', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(5_000_000)}`, '413 Payload Too Large'],
  ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '413 Payload Too Large'],
  ['a request of nobody', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', '400 Bad Request'],
  ['a name that is none', 'GET / HTTP/1.1\r\nHost: a b%%%\r\n\r\n', '400 Bad Request'],
  ['the address of another server', 'GET http://a:99999999/x HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['an address that is none', 'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['everything', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['an expectation that nobody meets', 'POST / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nContent-Length: 0\r\n\r\n', '417 Expectation Failed'],
])('%s is answered once, with our headers, and the connection is over', async (_what, said, status) => {
  const { port } = await serve();
  // Node adds the date where it has the answer in its hands.
  const answer = (await text(say(port, said))).replace(/^Date: .*\r\n/m, '');
  expect(answer).toBe(`HTTP/1.1 ${status}\r\nX-Ours: yes\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
});

test('so is a request that does not come to its end', async () => {
  const { server, port } = await serve();
  const connected = once(server, 'connection');
  const peer = say(port, 'GET / HTTP/1.1\r\nHost: x\r\n');
  const [socket] = (await connected) as [Socket];
  // What Node emits when `requestTimeout` is over, which it looks at every half a minute.
  server.emit('clientError', Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  expect(await text(peer)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nX-Ours: yes\r\n/);
});

test('an answer that has begun is cut, and nothing is put into it', async () => {
  const { server, port } = await serveHttp();
  serveReadable(server, (_request, response) => response.writeHead(200, { 'Content-Length': '100' }).write('half'), HEADERS);
  const peer = say(port, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  let heard = '';
  peer.on('data', (chunk) => (heard += String(chunk)));
  const closed = once(peer, 'end');
  await expect.poll(() => heard).toContain('half');
  peer.write('no chunk\r\n');
  await closed;
  expect(heard).toMatch(/half$/);
});
