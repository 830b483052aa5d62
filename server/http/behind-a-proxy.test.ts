import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createOriginGuard } from './same-origin';

const NAME = 'sysmanage.example.com';

/** How each is started with a configuration of its own, in a folder of its own. */
const PROXIES = [
  {
    name: 'nginx',
    wrap: (text: string, dir: string) =>
      `daemon off; pid ${dir}/pid; error_log stderr; events {}\nhttp { access_log off;${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => ` ${one}_temp_path ${dir}/${one};`).join('')}\n${text}\n}`,
    args: (file: string, dir: string) => ['-p', dir, '-c', file],
  },
  { name: 'haproxy', wrap: (text: string) => text, args: (file: string) => ['-f', file] },
  {
    name: 'caddy',
    wrap: (text: string) => `{\n  admin off\n  auto_https disable_redirects\n}\n${text}`,
    args: (file: string) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];

const isInstalled = (program: string) => spawnSync(program, ['-v'], { stdio: 'ignore' }).error === undefined;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

for (const { name, wrap, args } of PROXIES) {
  // Named as skipped where the proxy is not installed.
  test.skipIf(!isInstalled(name))(`${name}, as docs/behind-a-proxy.md configures it`, { timeout: 60_000 }, async () => {
    const guard = createOriginGuard(['127.0.0.1'], pino({ enabled: false }));
    const sockets = new WebSocketServer({ noServer: true });
    const upstream = http.createServer(
      express()
        .use(guard.guardRequests)
        .all('*', (_request, response) => void response.send('through')),
    );
    upstream.on('upgrade', (request, socket, head) => {
      if (!guard.isSameOrigin(request)) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        // A proxy that is stopped breaks off in the middle of a frame.
        webSocket.on('error', () => webSocket.terminate());
        webSocket.send('live');
      });
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void upstream.close().closeAllConnections());

    const dir = await mkdtemp(join(tmpdir(), `sysmanage-${name}-`));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const [cert, key] = [join(dir, 'sysmanage.crt'), join(dir, 'sysmanage.key')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-subj',
        `/CN=${NAME}`,
        '-addext',
        `subjectAltName=DNS:${NAME}`,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    await writeFile(join(dir, 'sysmanage.pem'), (await readFile(cert, 'utf8')) + (await readFile(key, 'utf8')));
    const port = await freePort();
    const text = new RegExp(`\`\`\`${name}\\n([^]*?)\`\`\``).exec(
      await readFile(join(import.meta.dirname, '../../docs/behind-a-proxy.md'), 'utf8'),
    )![1]!;
    const config = text
      .replaceAll('/etc/ssl', dir)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${(upstream.address() as AddressInfo).port}`)
      .replace(/(listen |:)443\b/, `$1${port}`);
    const file = join(dir, 'config');
    await writeFile(file, wrap(config, dir));
    const proxy = spawn(name, args(file, dir), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    });
    let said = '';
    proxy.stderr.on('data', (chunk) => (said += String(chunk)));
    onTestFinished(async () => {
      proxy.kill();
      if (proxy.exitCode === null && proxy.signalCode === null) await once(proxy, 'exit');
    });

    const options = { host: '127.0.0.1', port, servername: NAME, ca: await readFile(cert), agent: false } as const;
    const host = `${NAME}:${port}`;
    const post = (origin: string, more: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        const request = https.request(
          { ...options, method: 'POST', headers: { host, origin, ...more } },
          (response) => {
            response.resume();
            resolve(response.statusCode!);
          },
        );
        request.on('error', reject).end('');
      });
    // It listens a moment after it has started.
    await expect
      .poll(() => post(`https://${host}`).catch(() => (proxy.exitCode === null ? 0 : said)), {
        timeout: 20_000,
        interval: 100,
      })
      .toBe(200);
    expect(await post('https://evil.example')).toBe(403);
    expect(await post('https://evil.example', { 'x-forwarded-host': 'evil.example' })).toBe(403);

    const agent = new https.Agent({ servername: NAME, ca: options.ca });
    const page = new WebSocket(`wss://127.0.0.1:${port}/trpc`, { agent, headers: { host, origin: `https://${host}` } });
    onTestFinished(() => page.terminate());
    expect(String(((await once(page, 'message')) as [Buffer])[0])).toBe('live');
  });
}
