import { once } from 'node:events';
import { get, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { fillServer, PUBLIC_PAGES, pageAddresses } from '../every-page';
import { expect, test } from '../fixtures';
import { call } from '../people';
import { writeWebCertificate } from '../web-certificate';

test.use({ shares: true });

const NO_STORE = /^no-store$/;

/** What is wrong with the headers of an answer, whatever it answers. */
function faults(headers: IncomingHttpHeaders, { https = false, cache = NO_STORE } = {}): string[] {
  const policy = new Map(
    String(headers['content-security-policy'])
      .split('; ')
      .map((directive) => [directive.split(' ')[0], directive]),
  );
  const scripts = policy.get('script-src') ?? policy.get('default-src') ?? 'none';
  return [
    /unsafe|\*|https?:|(?<!nonce-[^']*)data:/.test(scripts) && `scripts from anywhere: ${scripts}`,
    !/^(script-src 'self'( 'nonce-[^']{20,}')?|default-src 'none')$/.test(scripts) && `scripts: ${scripts}`,
    policy.get('frame-ancestors') !== "frame-ancestors 'none'" && 'may be framed',
    policy.get('base-uri') !== "base-uri 'none'" && 'base-uri',
    headers['x-content-type-options'] !== 'nosniff' && 'sniffing',
    !['same-origin', 'no-referrer'].includes(String(headers['referrer-policy'])) && 'referrer',
    !(https ? isForAYear(headers['strict-transport-security']) : headers['strict-transport-security'] === undefined) &&
      `HSTS: ${headers['strict-transport-security']}`,
    'x-powered-by' in headers && 'says what it is made with',
    !cache.test(String(headers['cache-control'])) && `kept: ${headers['cache-control']}`,
  ].filter((fault) => fault !== false);
}

/** Preload lists ask for as much; with `max-age=0` browsers would forget that there is HTTPS at all. */
const isForAYear = (hsts = '') => Number(/^max-age=(\d+)$/.exec(hsts)?.[1] ?? 0) >= 365 * 24 * 60 * 60;

test('every page has the security headers, and every page there is is walked', async ({
  context,
  server,
  admin: _,
}) => {
  const { pages, lost, hangUp } = await fillServer(
    server,
    (hostId) =>
      context.request.post(`${server.url}/trpc/hosts.approve`, { data: { hostId }, headers: { origin: server.url } }),
    context.request,
  );
  const walked = [...pages, ...lost, ...PUBLIC_PAGES];
  const nonces = new Set<string>();
  for (const path of walked) {
    const answer = await context.request.get(server.url + path, { maxRedirects: 0 });
    const headers = answer.headers();
    expect.soft(faults(headers), path).toEqual([]);
    nonces.add(/'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? path);
    // What a page asks for when it is gone to by a click (Remix, "Single Fetch").
    const routed = await context.request.get(server.url + dataAddress(path), { maxRedirects: 0 });
    expect.soft(faults(routed.headers()), `${path}, its data`).toEqual([]);
    const body = await answer.text();
    // A nonce where no script has it would let nothing run; an event in an attribute would be dead.
    expect.soft(body, path).not.toMatch(/<script(?![^>]*nonce=)|\son[a-z]+="|javascript:/i);
  }
  expect(nonces.size, 'each answer has a nonce of its own').toBe(walked.length);
  const addresses = walked.map((path) => path.split('?')[0]!);
  for (const { file, address } of pageAddresses())
    expect
      .soft(
        addresses.some((one) => address.test(one)),
        `e2e/every-page.ts has no address of ${file}`,
      )
      .toBe(true);
  await hangUp();
});

/** Where the data of a page is, and the answer to its form when the page has a script. */
function dataAddress(path: string): string {
  const [pathname, search] = path.split('?');
  return `${pathname === '/' ? '/_root' : pathname}.data${search === undefined ? '' : `?${search}`}`;
}

test('no answer with a one-time secret is kept by a browser or a proxy, with a script or without', async ({
  context,
  server,
  admin: _,
}) => {
  const post = (path: string, form: Record<string, string>) =>
    context.request.post(server.url + path, { form, headers: { origin: server.url }, maxRedirects: 0 });
  const link = /invitation\?token=[\w-]{20,}/;
  const invite = (email: string) => ({ email, name: 'New', role: 'viewer' });
  const token = { name: 'A token', servers: 'localhost:6443', expiresInHours: '24', maxUses: '1', tags: '' };
  const key = { name: 'A key', permissions: 'hosts.read', days: '30' };
  const { userId } = await call<{ userId: string }>(
    context.request,
    server,
    'users.invite',
    invite('three@example.com'),
  );
  const shown: [path: string, form: Record<string, string>, secret: RegExp][] = [
    ['/profile/keys', key, /smk_[0-9a-f]{72}/],
    ['/profile/keys.data', key, /smk_[0-9a-f]{72}/],
    ['/enrolment', token, /sysmanage_[\w-]{40,}/],
    ['/enrolment.data', token, /sysmanage_[\w-]{40,}/],
    ['/users/invite', invite('one@example.com'), link],
    ['/users/invite.data', invite('two@example.com'), link],
    // Without a script an act leads back to its page, and shows nothing.
    [`/acts/users.renewLink.data?userId=${userId}`, {}, /"token","[\w-]{32}"/],
  ];
  for (const [path, form, secret] of shown) {
    const answer = await post(path, form);
    expect.soft([answer.status(), faults(answer.headers())], path).toEqual([200, []]);
    expect.soft(await answer.text(), path).toMatch(secret);
    expect.soft(answer.headers()['content-encoding'], path).toBeUndefined();
  }
});

/** Over the wire, as Node sends it and no browser would: the path goes out as it is. */
async function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const request = httpRequest(url, { path, method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, headers: response.headers, text: await text(response) };
}

test('so has every other answer', async ({ server, admin: _ }) => {
  const { url } = server;
  const { text: page } = await ask(url, '/sign-in');
  const script = /src="(\/assets\/[^"]+)"|href="(\/assets\/[^"]+\.js)"/.exec(page)!;
  const words = /\/locales\/en\/[\w-]+\.json/.exec(page)!;
  const ours = { origin: url };
  const json = { ...ours, 'content-type': 'application/json' };
  const form = { ...ours, 'content-type': 'application/x-www-form-urlencoded' };
  const asked: [what: string, status: number, path: string, question?: Parameters<typeof ask>[2]][] = [
    ['a script', 200, (script[1] ?? script[2])!],
    ['the sentences of a language', 200, words[0]],
    ['a script there is not', 404, '/assets/none.js'],
    ['a folder', 404, '/assets'],
    ['another folder', 404, '/locales'],
    ['a page for who is not signed in', 302, '/hosts'],
    ['an export for who is not signed in', 401, '/audit/export?format=csv'],
    ['what has no name', 400, '/assets/%ff'],
    ['health', 200, '/healthz'],
    ['readiness', 200, '/readyz'],
    ['a call', 200, '/trpc/users.me'],
    ['a call that is refused', 401, '/trpc/hosts.list?input=%7B%7D'],
    ['a call of nothing', 404, '/trpc/none'],
    ['a call that is no JSON', 400, '/trpc/users.signIn', { method: 'POST', headers: json, body: '{' }],
    ['a call nested too deeply', 400, '/trpc/users.signIn', { method: 'POST', headers: json, body: '['.repeat(1000) }],
    [
      'a call that is too large',
      413,
      '/trpc/users.signIn',
      { method: 'POST', headers: json, body: 'x'.repeat(65 * 1024) },
    ],
    [
      'a call that is compressed',
      415,
      '/trpc/users.signIn',
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: 'x' },
    ],
    [
      'a form that is wrong',
      401,
      '/sign-in',
      { method: 'POST', headers: form, body: 'email=nobody%40example.com&password=wrong-and-long' },
    ],
    [
      'a form that is too large',
      413,
      '/sign-in',
      { method: 'POST', headers: form, body: `email=${'x'.repeat(1024 * 1024 + 1)}` },
    ],
    [
      'a form that says no length',
      411,
      '/sign-in',
      { method: 'POST', headers: { ...form, 'transfer-encoding': 'chunked' }, body: 'email=x' },
    ],
    [
      'a form of plain text',
      415,
      '/sign-in',
      { method: 'POST', headers: { ...ours, 'content-type': 'text/plain' }, body: 'email=x' },
    ],
    [
      'a form with files',
      415,
      '/sign-in',
      { method: 'POST', headers: { ...ours, 'content-type': 'multipart/form-data; boundary=x' }, body: 'email=x' },
    ],
    ['a form with nothing', 415, '/sign-in', { method: 'POST', headers: { ...ours, 'content-length': '0' } }],
    ['a form of a method that forms do not have', 405, '/sign-in', { method: 'PUT', headers: form, body: 'email=x' }],
    [
      'a form of a foreign page',
      403,
      '/sign-in',
      { method: 'POST', headers: { ...form, origin: 'https://evil.example' }, body: 'email=x' },
    ],
    ['a name that is not ours', 421, '/sign-in', { headers: { host: 'evil.example' } }],
    ['a method that pages do not have', 405, '/hosts', { method: 'DELETE', headers: ours }],
    ['a head that is too large', 413, '/sign-in', { headers: { 'x-large': 'x'.repeat(20_000) } }],
  ];
  for (const [what, status, path, question] of asked) {
    const answer = await ask(url, path, question);
    expect.soft(answer.status, what).toBe(status);
    const isFile = status === 200 && /^\/(assets|locales)\//.test(path);
    expect.soft(faults(answer.headers, { cache: isFile ? /^public, max-age=\d{4,}/ : NO_STORE }), what).toEqual([]);
    expect.soft(answer.text, what).not.toMatch(/node_modules|\bat .+:\d+:\d+/);
  }
  expect(server.output(), 'none of them is an error of ours').not.toMatch(/"level":50|failed, request/);
  const { status, headers } = await sayBadly(url);
  expect([status, faults(headers)]).toEqual([400, []]);
});

test('no address leads out of the folder of public files, nor to another server', async ({ server }) => {
  const asked: [status: number, ...paths: string[]][] = [
    // A step up is refused before anybody looks for what it leads to.
    [
      400,
      '/assets/../../../../package.json',
      '/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/package.json',
      '/assets/..\\..\\..\\..\\package.json',
      '/../../../package.json',
      '/locales/%2e%2e/%2e%2e/%2e%2e/%2e%2e/package.json',
    ],
    [403, '/assets/..%2f..%2f..%2f..%2fpackage.json'],
    [404, '/..%2f..%2f..%2fpackage.json', '/..%5c..%5c..%5cpackage.json', '/%252e%252e%252fpackage.json'],
    [
      404,
      '/.git/config',
      '/%00',
      '//evil.example',
      '//evil.example/hosts',
      '/\\evil.example',
      '/trpc/..%2f..%2fpackage.json',
    ],
    [400, '/assets/none.js%00.svg', '//', '///'],
  ];
  for (const [status, ...paths] of asked) {
    for (const path of paths) {
      const answer = await ask(server.url, path);
      expect.soft(answer.status, path).toBe(status);
      expect.soft(faults(answer.headers), path).toEqual([]);
      expect.soft(answer.text, path).not.toMatch(/"name": "sysmanage"/);
    }
  }
});

test('the addresses of the API are pages here, and there is none to log in at', async ({ server, admin }) => {
  for (const path of ['/docs', '/docs/start.js', '/openapi.json', '/login', '/host/by_fqdn/web-01.example.com']) {
    const answer = await ask(server.url, path);
    expect.soft([answer.status, answer.headers['content-type']], path).toEqual([404, 'text/html; charset=utf-8']);
    expect.soft(answer.text, path).not.toMatch(/swagger|"openapi"/i);
  }
  const body = JSON.stringify({ userid: admin.email, password: admin.password });
  const answer = await ask(server.url, '/login', {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json' },
    body,
  });
  expect(answer).toMatchObject({ status: 415, text: expect.not.stringContaining('token') });
});

/** What is no HTTP, which an HTTP client cannot say. */
async function sayBadly(url: string): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('hello\r\n\r\n');
  const [head, ...lines] = (await text(socket)).trim().split('\r\n');
  return {
    status: Number(head!.split(' ')[1]),
    headers: Object.fromEntries(
      lines.map((line) => [line.split(': ')[0]!.toLowerCase(), line.slice(line.indexOf(': ') + 2)]),
    ),
  };
}

test.describe('with a certificate', () => {
  test.use({
    shares: false,
    serverEnvironment: async ({ dataDir }, use) => {
      await writeWebCertificate(dataDir, 60);
      await use({
        SYSMANAGE_TLS_CERT: join(dataDir, 'web.crt'),
        SYSMANAGE_TLS_KEY: join(dataDir, 'web.key'),
        SYSMANAGE_FRONTEND_HOST: '127.0.0.1',
      });
    },
  });

  test('browsers are told to come by HTTPS alone', async ({ server }) => {
    for (const path of ['/sign-in', '/', '/nowhere', '/healthz', '/trpc/users.me', '/trpc/none', '/assets/none.js']) {
      const [answer] = (await once(httpsGet(server.url + path, { rejectUnauthorized: false }), 'response')) as [
        IncomingMessage,
      ];
      expect.soft(faults(answer.headers, { https: true }), path).toEqual([]);
      answer.resume();
    }
    // The API is on the same host, which is what the browser remembers.
    const [answer] = (await once(httpsGet(`${server.agentsUrl}/docs`, { rejectUnauthorized: false }), 'response')) as [
      IncomingMessage,
    ];
    expect(faults(answer.headers, { https: true, cache: /^no-cache$/ })).toEqual([]);
    answer.resume();
  });

  // Which suites there are is asked of the listener's options beside them; this is the listener that has to have them.
  test('the pages take no TLS 1.2 without AEAD', async ({ server }) => {
    const offer = (ciphers: string) =>
      connectTls({
        host: '127.0.0.1',
        port: Number(new URL(server.url).port),
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
        ciphers,
      });
    const good = offer('ECDHE+AESGCM');
    await once(good, 'secureConnect');
    good.destroy();
    const [error] = (await once(offer('ECDHE+AES+SHA'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
  });

  test('what comes by plain HTTP is not answered', async ({ server }) => {
    const asked = get(server.url.replace('https:', 'http:'));
    const [error] = (await once(asked, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });
});
