import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWebCertificate } from '../web-certificate';

interface Habits {
  /** What it says of the browser: all, as it should, or nothing, as nginx with a bare `proxy_pass`. */
  says: 'everything' | 'nothing';
  /** Whether it passes on WebSocket upgrades, or answers them itself as if they were plain requests. */
  upgrades: boolean;
}

/** A reverse proxy that ends TLS and passes plain HTTP on. `habits` may change while it runs. */
export async function startTlsProxy(server: { url: string }, habits: Habits) {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-e2e-proxy-'));
  await writeWebCertificate(folder, 80);
  const [cert, key] = await Promise.all(['web.crt', 'web.key'].map((file) => readFile(join(folder, file))));
  await rm(folder, { recursive: true });
  const target = new URL(server.url);

  const passOn = (request: IncomingMessage, more: Record<string, string> = {}) => {
    const { host = '', connection: _, upgrade: __, 'keep-alive': ___, ...headers } = request.headers;
    const said =
      habits.says === 'everything'
        ? { host, 'x-forwarded-proto': 'https', 'x-forwarded-for': request.socket.remoteAddress ?? '' }
        : { host: target.host };
    const { hostname, port } = target;
    const { method, url: path } = request;
    return http.request({ hostname, port, method, path, headers: { ...headers, ...said, ...more }, agent: false });
  };

  const proxy = https.createServer({ cert, key }, (request, response) => {
    const passed = passOn(request);
    passed.on('response', (answer) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers } = answer.headers;
      response.writeHead(answer.statusCode!, headers);
      answer.pipe(response);
    });
    passed.on('error', () => void response.destroy());
    request.pipe(passed);
  });
  // A connection that is closed for its idleness in the moment in which the browser uses it again is a failure of ours.
  proxy.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  proxy.on('upgrade', (request, near: Socket, head: Buffer) => {
    near.on('error', () => near.destroy());
    const passed = passOn(request, habits.upgrades ? { connection: 'Upgrade', upgrade: 'websocket' } : {});
    passed.on('error', () => near.destroy());
    passed.on('response', ({ statusCode }) => near.end(`HTTP/1.1 ${statusCode} Refused\r\nConnection: close\r\n\r\n`));
    passed.on('upgrade', ({ rawHeaders }, far, early) => {
      far.on('error', () => far.destroy());
      const lines = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
      near.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      near.write(early);
      far.write(head);
      near.pipe(far).pipe(near);
    });
    passed.end();
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `https://localhost:${(proxy.address() as AddressInfo).port}`,
    habits,
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
