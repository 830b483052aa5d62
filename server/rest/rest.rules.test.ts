import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { apiKeys, users } from '../../db/schema';
import type { Permission } from '../auth/permissions';
import { oneOf } from '../../words/explain-issue';
import { inEnglish, sayIn } from '../../words/say';
import { words } from '../../words/words';
import type { AppErrorCode, Issue } from '../errors';
import { isDeeper } from '../http/read-body';
import { seedHosts } from '../hosts/testing';
import { browserOf, testServices } from '../testing';
import { errorWords } from './say-error';
import { addPerson, type Ask, logIn, nextTokenOf, type Question, serveRestApi } from './testing';

const ORIGIN = 'https://tools.example.com';

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let userId: string;

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_API_ORIGINS: ORIGIN });
  userId = await addPerson(services);
  ({ ask } = await serveRestApi(services));
});

test('hosts come page by page, filtered and sorted by what the address says', async () => {
  await seedHosts(services.db, [
    { fqdn: 'a.example.com' },
    { fqdn: 'b.example.com', approval: 'pending' },
    { fqdn: 'c.example.com' },
  ]);
  const names = ({ body }: Awaited<ReturnType<Ask>>) =>
    (body as { hosts: { fqdn: string }[] }).hosts.map(({ fqdn }) => fqdn);
  const first = await ask('GET', '/hosts?sort=fqdn&direction=desc&limit=2', { bearer: await logIn(ask) });
  expect(names(first)).toEqual(['c.example.com', 'b.example.com']);
  const { nextCursor, total } = first.body as { nextCursor: string; total: number };
  expect(total).toBe(3);
  const second = await ask('GET', `/hosts?sort=fqdn&direction=desc&limit=2&cursor=${nextCursor}`, {
    bearer: nextTokenOf(first)!,
  });
  expect(names(second)).toEqual(['a.example.com']);
  // Not `Boolean('false')`, which is true.
  expect(names(await ask('GET', '/hosts?waiting=false', { bearer: nextTokenOf(second)! }))).toEqual([
    'a.example.com',
    'c.example.com',
  ]);
});

test('what is not there is said in the shape of errors', async () => {
  expect(await ask('GET', '/nowhere')).toMatchObject({
    status: 404,
    body: { code: 'request.unknown', message: expect.stringContaining('/docs'), issues: [] },
  });
  expect(await ask('GET', '/%ff')).toMatchObject({ status: 404, body: { code: 'request.unknown' } });
  const wrongMethod = await ask('PUT', '/users/x', { body: {} });
  expect(wrongMethod).toMatchObject({ status: 405, body: { code: 'request.method' } });
  expect(wrongMethod.headers.allow!.split(', ').sort()).toEqual(['DELETE', 'GET', 'PATCH']);
});

describe('a refusal is in a language that is asked for, without one in that of the account', () => {
  const bearers: [what: string, take: () => Promise<string>][] = [
    // A refusal changes nothing, so that the token stays good.
    ['a token', () => logIn(ask)],
    ['an API key', async () => (await makeKey(['hosts.read'])).key],
  ];
  const makeKey = async (permissions: Permission[]) =>
    (await browserOf(services, userId)).apiKeys.create({ name: 'script', permissions });

  beforeEach(() => services.db.update(users).set({ language: 'de' }).where(eq(users.id, userId)));

  /** Expects a refusal of that name, in that language. */
  async function expectRefusal(question: Question, [status, code, language]: [number, AppErrorCode, string]) {
    const refused = await ask('GET', '/hosts/01890000-0000-7000-8000-000000000000', question);
    const told = JSON.stringify(question.headers ?? {});
    expect([refused.status, refused.headers['content-language']], told).toEqual([status, language]);
    expect((refused.body as { message: string }).message).toBe(errorWords.say(code, language, null));
  }

  test.each(bearers)('of %s', async (_what, take) => {
    const bearer = await take();
    await expectRefusal({ bearer }, [404, 'host.not_found', 'de']);
    for (const [accepted, language] of [
      ['*', 'de'],
      ['tlh', 'de'],
      ['en', 'en'],
      ['fr-CA', 'fr'],
      ['de;q=0.5, ja', 'ja'],
    ] as const)
      await expectRefusal({ bearer, headers: { 'accept-language': accepted } }, [404, 'host.not_found', language]);
  });

  test('of a key that may not, whose owner is known all the same', async () => {
    const { key } = await makeKey(['audit.read']);
    await expectRefusal({ bearer: key }, [403, 'auth.forbidden', 'de']);
    await expectRefusal({ bearer: key, headers: { 'accept-language': 'pt' } }, [403, 'auth.forbidden', 'pt']);
  });

  test('of whom nobody knows, in English', async () => {
    const { key } = await makeKey(['hosts.read']);
    await services.db.update(apiKeys).set({ revokedAt: new Date() });
    await expectRefusal({ bearer: key }, [401, 'key.invalid', 'en']);
    await expectRefusal({}, [401, 'auth.required', 'en']);
    await expectRefusal({ headers: { 'accept-language': 'fr' } }, [401, 'auth.required', 'fr']);
  });
});

test.each(['de', 'ja', 'ru'])(
  'what is wrong with each part of the input is said in the same language: %s',
  async (language) => {
    const headers = { 'accept-language': language };
    const bearer = await logIn(ask);
    const issuesOf = async (...[method, path, body]: [string, string, unknown?]) => {
      const refused = await ask(method, path, { bearer, headers, body });
      expect([refused.status, refused.headers['content-language']]).toEqual([400, language]);
      return (refused.body as { issues: Issue[] }).issues;
    };
    const say = sayIn([language]);
    const most = say(words('common.input.at_most', { most: 200 }));
    expect(most).not.toBe(inEnglish(words('common.input.at_most', { most: 200 })));
    expect(await issuesOf('GET', '/hosts?limit=201')).toEqual([{ path: 'limit', message: most }]);
    // Found by a rule of ours, not by zod.
    const hostIds = ['01890000-0000-7000-8000-000000000000'];
    const both = say(oneOf('hostIds', 'all'));
    expect(await issuesOf('POST', '/hosts/rotate', { hostIds, all: true })).toEqual([{ path: '', message: both }]);
    const [wrong] = await issuesOf('GET', `/hosts?filter=${encodeURIComponent('platform = amiga')}`);
    expect(wrong!.message).toBe(errorWords.sayRule(wrong!.rule!, language));
    expect(wrong!.message).not.toBe(errorWords.sayRule(wrong!.rule!, 'en'));
  },
);

test('the last administrator stays, and the refusal has its name: 409', async () => {
  const bearer = await logIn(ask);
  const asked: [method: string, path: string, body?: object][] = [
    ['DELETE', `/users/${userId}`],
    ['PATCH', `/users/${userId}`, { role: 'viewer' }],
    ['POST', `/users/${userId}/deactivate`],
  ];
  for (const [method, path, body] of asked) {
    expect(await ask(method, path, { bearer, body }), `${method} ${path}`).toMatchObject({
      status: 409,
      body: { code: 'user.last_administrator' },
    });
  }
  expect((await ask('GET', `/users/${userId}`, { bearer })).body).toMatchObject({
    user: { role: 'administrator', state: 'active' },
  });
});

test('a body is JSON, whatever its charset is called, and nothing else', async () => {
  const text = JSON.stringify({ userid: 'administrator@example.com', password: 'wrong' });
  const send = (type: string) => ask('POST', '/login', { text, headers: { 'content-type': type } });
  expect(await send('application/json; charset=utf-8')).toMatchObject({
    status: 401,
    body: { code: 'auth.credentials' },
  });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    expect(await send(type)).toMatchObject({ status: 415, body: { code: 'request.media_type' } });
  }
  expect(await ask('POST', '/login', { text, headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
  for (const broken of ['{', 'null', '[]', '"x"', '1'])
    expect(await ask('POST', '/login', { text: broken })).toMatchObject({
      status: 400,
      body: { code: 'input.invalid' },
    });
});

test('what is sent is data: no key of it changes an object of ours', async () => {
  const keys = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
  const credentials = `"userid":"administrator@example.com","password":"wrong"`;
  expect(await ask('POST', '/login', { text: `{${keys},${credentials}}` })).toMatchObject({ status: 401 });
  expect((await ask('POST', '/trpc/tokens.login', { text: `{${keys},${credentials}}` })).status).toBe(401);
  const query = '__proto__[polluted]=true&constructor[prototype][polluted]=true';
  const { status, headers } = await ask('GET', `/hosts?${query}`, { bearer: await logIn(ask) });
  expect(status).toBe(200);
  const input = encodeURIComponent(`{${keys}}`);
  expect(
    (await ask('GET', `/trpc/hosts.list?input=${input}`, { bearer: nextTokenOf({ headers } as never)! })).status,
  ).toBe(200);
  expect({}).not.toHaveProperty('polluted');
});

test('headers larger than Node reads are refused, and the server goes on', async () => {
  expect(await ask('GET', '/hosts', { headers: { 'x-large': 'x'.repeat(20_000) } })).toMatchObject({
    status: 413,
    body: { code: 'request.too_large' },
  });
  expect((await ask('GET', '/openapi.json')).status).toBe(200);
});

test('the document is sent once to whoever keeps it, and not without limit', async () => {
  const first = await ask('GET', '/openapi.json');
  expect(first).toMatchObject({ status: 200, body: { openapi: expect.stringMatching(/^3/) } });
  const known = { 'if-none-match': first.headers.etag! };
  expect(await ask('GET', '/openapi.json', { headers: known })).toMatchObject({ status: 304, text: '' });
  expect((await ask('GET', '/openapi.json', { headers: { 'if-none-match': '"another"' } })).status).toBe(200);

  let asked = 3;
  let refused = await ask('GET', '/docs', { headers: known });
  for (; refused.status !== 429 && asked < 200; asked++)
    refused = await ask('GET', '/openapi.json', { headers: known });
  expect(asked).toBeGreaterThan(100);
  expect(refused).toMatchObject({ status: 429, body: { code: 'request.too_many' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  // Only what is large: whoever works with the API goes on.
  expect((await ask('GET', '/hosts', { bearer: await logIn(ask) })).status).toBe(200);
});

test('every answer carries the security headers', async () => {
  const token = await logIn(ask);
  const large = { 'x-large': 'x'.repeat(20_000) };
  const asked: [status: number, ...question: Parameters<Ask>][] = [
    [200, 'GET', '/hosts', { bearer: token }],
    [401, 'GET', '/hosts'],
    [401, 'POST', '/login', { body: { userid: 'nobody@example.com', password: 'wrong' } }],
    [400, 'POST', '/login', { body: {} }],
    [400, 'POST', '/login', { text: '['.repeat(1000) }],
    [413, 'POST', '/login', { text: 'x'.repeat(70_000) }],
    [415, 'POST', '/login', { text: '{}', headers: { 'content-type': 'text/plain' } }],
    [405, 'PUT', '/login', { body: {} }],
    [204, 'OPTIONS', '/hosts', { headers: { origin: ORIGIN } }],
    [404, 'GET', '/nowhere'],
    [404, 'GET', '/%ff'],
    [413, 'GET', '/hosts', { headers: large }],
    ...[
      '/openapi.json',
      '/docs',
      '/docs/start.js',
      '/docs/swagger-ui.css',
      '/docs/swagger-ui-bundle.js',
      '/crl.pem',
    ].map((path) => [200, 'GET', path] as [number, ...Parameters<Ask>]),
    [404, 'GET', '/docs/none.js'],
    [401, 'GET', '/trpc/hosts.list?input=%7B%7D'],
    [404, 'GET', '/trpc/none'],
    [400, 'POST', '/trpc/agents.register', { text: '{' }],
    [400, 'POST', '/trpc/agents.register', { text: '['.repeat(1000) }],
    [413, 'POST', '/trpc/agents.register', { text: 'x'.repeat(70_000) }],
  ];
  for (const [status, method, path, question] of asked) {
    const { headers, ...answer } = await ask(method, path, question);
    const what = `${method} ${path} ${status}`;
    expect(answer.status, what).toBe(status);
    expect(headers, what).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': expect.any(String),
    });
    expect(headers['content-security-policy'], what).toMatch(/default-src 'none'/);
    expect(headers['content-security-policy'], what).not.toMatch(/script-src[^;]*unsafe|script-src(?! 'self')/);
    expect(headers, what).not.toHaveProperty('x-powered-by');
    expect(headers, what).not.toHaveProperty('strict-transport-security');
  }
});

test('JSON may be nested twenty levels, and no more, in REST and in tRPC', async () => {
  const nested = (levels: number) => `{"userid":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  const codeOf = async (path: string, levels: number) => {
    const { status, body } = (await ask('POST', path, { text: nested(levels) })) as {
      status: number;
      body: { code?: string; error?: { data: { appCode: string } } };
    };
    return [status, body.code ?? body.error?.data.appCode];
  };
  for (const path of ['/login', '/trpc/tokens.login']) {
    expect(await codeOf(path, 20), path).toEqual([400, 'input.invalid']);
    expect(await codeOf(path, 21), path).toEqual([400, 'input.too_deep']);
  }
});

test('the documentation needs nothing from elsewhere', async () => {
  const { text, status } = await ask('GET', '/docs');
  expect(status).toBe(200);
  const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address).toMatch(/^\/docs\//);
    expect((await ask('GET', address)).status, address).toBe(200);
  }
  const css = await ask('GET', '/docs/swagger-ui.css');
  expect(css.text.match(/url\((?!["']?data:)[^)]*\)|@import/g)).toBeNull();
  expect((await ask('GET', '/docs/start.js')).text).toContain('validatorUrl: null');
});

test('pages of a named origin may read the next token, those of another nothing', async () => {
  const preflight = await ask('OPTIONS', '/hosts', {
    headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
  });
  expect(preflight).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    },
  });
  const { headers } = await ask('GET', '/hosts', { bearer: await logIn(ask), headers: { origin: ORIGIN } });
  expect(headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-expose-headers': expect.stringContaining('X_Reauthorization'),
  });
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
  const foreign = await ask('OPTIONS', '/hosts', {
    headers: { origin: 'https://evil.example.com', 'access-control-request-method': 'GET' },
  });
  expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
});

test('depth is counted outside of strings', () => {
  expect(isDeeper('[[["[[[["]]]', 3)).toBe(false);
  expect(isDeeper('[[["\\"[[["]]]', 3)).toBe(false);
  expect(isDeeper('[[[[', 3)).toBe(true);
  expect(isDeeper('{"a":{"b":[{}]}}', 3)).toBe(true);
});
