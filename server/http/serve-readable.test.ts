import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { READS_EVERYTHING, serveReadable } from './serve-readable';
import { serveHttp } from '../sockets/testing';
import { dispatchUpgrades } from './upgrade';

const HEADERS = { 'X-Ours': 'yes' };

async function serve(
  app: RequestListener = (_request, response) => response.end('read'),
  options?: Parameters<typeof serveReadable>[3],
) {
  const { server, port } = await serveHttp(READS_EVERYTHING);
  serveReadable(server, app, HEADERS, options);
  return { server, port };
}

const head = (method: string, path: string, headers = '') => `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

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
  [
    'a length beside chunks',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400 Bad Request',
  ],
  [
    'a head that is too large',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`,
    '413 Payload Too Large',
  ],
  [
    'a head that goes on and on',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(5_000_000)}`,
    '413 Payload Too Large',
  ],
  ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '413 Payload Too Large'],
  ['a request of nobody', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', '400 Bad Request'],
  ['a name that is none', 'GET / HTTP/1.1\r\nHost: a b%%%\r\n\r\n', '400 Bad Request'],
  ['the address of another server', 'GET http://a:99999999/x HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['an address that is none', 'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['two names', 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['a step up', 'GET /hosts/.. HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['a step up that is encoded', 'GET /hosts/.%2E/users HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['a step up in another spelling', 'GET /hosts\\..\\users HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['a step to where it is', 'GET /./hosts HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['everything', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  [
    'an expectation that nobody meets',
    'POST / HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nContent-Length: 0\r\n\r\n',
    '417 Expectation Failed',
  ],
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

test.each([
  ['what Node reads', 'GET /hosts/.. HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['what nothing reads', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, '413 Payload Too Large'],
])('where JSON is promised, the answer to %s brings it, and how long it is', async (_what, said, status) => {
  const { port } = await serve(undefined, { bodyOf: (told) => JSON.stringify({ told, what: '…' }) });
  const body = `{"told":${status.slice(0, 3)},"what":"…"}`;
  expect((await text(say(port, said))).replace(/^Date: .*\r\n/m, '')).toBe(
    [
      `HTTP/1.1 ${status}`,
      'X-Ours: yes',
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
});

test('dots that are no step are a path like any other', async () => {
  const { port } = await serve();
  for (const path of ['/...', '/..a', '/a..', '/.well-known', '/%2e%2e%2e', '/a?b=/../c', '/a?/..']) {
    expect(await text(say(port, head('GET', path, 'Connection: close\r\n'))), path).toMatch(/read$/);
  }
});

test('an answer that has begun is cut, and nothing is put into it', async () => {
  const { server, port } = await serveHttp();
  serveReadable(
    server,
    (_request, response) => response.writeHead(200, { 'Content-Length': '100' }).write('half'),
    HEADERS,
  );
  const peer = say(port, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  let heard = '';
  peer.on('data', (chunk) => (heard += String(chunk)));
  const closed = once(peer, 'end');
  await expect.poll(() => heard).toContain('half');
  peer.write('no chunk\r\n');
  await closed;
  expect(heard).toMatch(/half$/);
});

test('what is sent ahead waits for the answer before it, and is answered in turn', async () => {
  const begun: string[] = [];
  let finish = () => {};
  const { port } = await serve((request, response) => {
    begun.push(request.url!);
    const answer = async () => response.end(`${request.url} ${await text(request)};`);
    if (request.url === '/1') finish = () => void answer();
    else void answer();
  });
  const peer = say(
    port,
    [
      head('GET', '/1'),
      head('HEAD', '/2'),
      head('POST', '/3', 'Expect: 100-continue\r\nContent-Length: 4\r\n'),
      'body',
      head('GET', '*'),
      head('GET', '/never'),
    ].join(''),
  );
  let heard = '';
  peer.on('data', (chunk) => (heard += String(chunk)));
  await expect.poll(() => begun).toEqual(['/1']);
  const closed = once(peer, 'end');
  finish();
  await closed;
  expect(begun).toEqual(['/1', '/2', '/3']);
  const parts = heard.split(/(?=HTTP\/1\.1 )/).map((answer) => `${answer.slice(9, 12)} ${answer.split('\r\n\r\n')[1]}`);
  expect(parts).toEqual(['200 /1 ;', '200 ', '100 ', '200 /3 body;', '400 ']);
});

test('a connection goes on after an answer', async () => {
  const { port } = await serve((request, response) => response.end(request.url));
  const peer = say(port, head('GET', '/1'));
  let heard = '';
  peer.on('data', (chunk) => (heard += String(chunk)));
  // Twice as many as may wait: none of these does.
  for (let i = 1; i <= 16; i++) {
    await expect.poll(() => heard).toMatch(new RegExp(`/${i}$`));
    peer.write(head('GET', `/${i + 1}`));
  }
});

test('whoever sends a thousand requests ahead and leaves keeps no file open', async () => {
  const opened: ReadStream[] = [];
  const { port } = await serve((_request, response) => {
    const file = createReadStream(process.execPath);
    opened.push(file);
    pipeline(file, response, () => undefined);
  });
  for (const count of [2, 8, 1000]) {
    const peer = say(port, head('GET', '/').repeat(count));
    await expect.poll(() => opened.length).toBeGreaterThan(0);
    peer.destroy();
    await expect.poll(() => opened.map(({ closed }) => closed), { message: `${count} requests` }).toEqual([true]);
    opened.length = 0;
  }
});

test('nothing takes a connection over in the middle of an answer', async () => {
  const taken: string[] = [];
  const { server, port } = await serve((_request, response) =>
    response.writeHead(200, { 'Content-Length': '100' }).write('half'),
  );
  dispatchUpgrades(
    server,
    { '/': () => void taken.push('/') },
    { headers: HEADERS, onError: (error) => expect.fail(String(error)) },
  );
  const heard = await text(
    say(port, head('GET', '/') + head('GET', '/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')),
  );
  expect(heard).not.toMatch(/HTTP[^]*HTTP/);
  expect(taken).toEqual([]);
});

test('an answer that nobody takes is cut off, also one that is complete', async () => {
  for (const isComplete of [true, false]) {
    let isClosed = false;
    const app: RequestListener = (_request, response) => {
      response.once('close', () => (isClosed = true));
      // More than the system keeps for a connection.
      response.write(Buffer.alloc(20_000_000));
      if (isComplete) response.end();
    };
    const { port } = await serve(app, { stalledMs: 50 });
    say(port, head('GET', '/')).pause();
    await expect.poll(() => isClosed, { message: `complete: ${isComplete}` }).toBe(true);
  }
});

test('an app that says nothing for a while goes on, and so does a peer that was silent meanwhile', async () => {
  const stalls: Socket[] = [];
  let finish = () => {};
  const { server, port } = await serve((_request, response) => void (finish = () => response.end('late')), {
    stalledMs: 50,
  });
  server.on('timeout', (socket) => stalls.push(socket));
  const peer = say(port, head('GET', '/', 'Connection: close\r\n'));
  const heard = text(peer);
  await expect.poll(() => stalls.length).toBe(1);
  finish();
  expect(await heard).toMatch(/late$/);
});

test('a connection that nothing is asked on ends', async () => {
  const { server, port } = await serve();
  server.keepAliveTimeout = 50;
  expect(await text(say(port, head('GET', '/')))).toMatch(/read$/);
});

test.each([
  ['a head', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ['a body', head('POST', '/', 'Content-Length: 5\r\n') + 'body'],
  ['nothing', ''],
])('%s that does not come to its end is not waited for', async (_what, said) => {
  const { server, port } = await serveHttp({
    ...READS_EVERYTHING,
    headersTimeout: 50,
    requestTimeout: 100,
    connectionsCheckingInterval: 10,
  });
  serveReadable(
    server,
    (request, response) =>
      void text(request).then(
        (body) => response.end(body),
        () => undefined,
      ),
    HEADERS,
  );
  expect(await text(say(port, said))).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nX-Ours: yes\r\n/);
});
