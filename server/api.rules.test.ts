import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { serveApi, serveApiOn } from './agents/testing';
import { spentTokens, users } from '../db/schema';
import { addPerson, logIn, serveRestApi } from './rest/testing';
import { registrationOf, testServices } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;
let port: number;

beforeEach(async () => {
  services = await testServices();
  port = await serveApi(services);
});

/** What an agent without a certificate gets to hear. */
async function ask(
  path: string,
  { method = 'POST', body, headers = {} }: { method?: string; body?: string; headers?: Record<string, string> } = {},
) {
  const options = { host: '127.0.0.1', port, ca: services.authority.signing.pem, path, method };
  const request = httpsRequest({
    ...options,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

const errorOf = ({ status, text }: { status?: number; text: string }) => {
  const { error } = JSON.parse(text) as { error: { message: string; data: { appCode: string } } };
  return { status, appCode: error.data.appCode, message: error.message };
};

test('a stranger registers, and is told no more than it needs', async () => {
  const { status, text } = await ask('/trpc/agents.register', {
    body: JSON.stringify(await registrationOf('web-01.example.com')),
  });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    result: { data: { enrolmentId: expect.any(String), challenge: expect.any(String), status: 'pending' } },
  });
});

test('a body of another shape is the stranger’s mistake', async () => {
  for (const body of ['{', '', 'null', '[]', '{"csr":1}']) {
    const answer = errorOf(await ask('/trpc/agents.register', { body }));
    expect(answer, body).toEqual({ status: 400, appCode: 'input.invalid', message: 'input.invalid' });
  }
});

test('a request that is no CSR is refused by name, and its text not repeated', async () => {
  const registration = {
    ...(await registrationOf('web-01.example.com')),
    csr: '-----BEGIN CERTIFICATE REQUEST-----\nhunter2',
  };
  const answer = await ask('/trpc/agents.register', { body: JSON.stringify(registration) });
  expect(errorOf(answer)).toEqual({ status: 400, appCode: 'agent.csr_invalid', message: 'agent.csr_invalid' });
  expect(answer.text).not.toContain('hunter2');
});

test('a person’s cookie counts for nothing here', async () => {
  const [user] = await services.db
    .insert(users)
    .values({ email: 'admin@example.com', passwordHash: '-', role: 'administrator' })
    .returning();
  const cookie = (await services.sessions.start(user!.id)).split(';')[0]!;
  const list = await ask(`/trpc/hosts.list?input=${encodeURIComponent('{}')}`, { method: 'GET', headers: { cookie } });
  expect(errorOf(list)).toMatchObject({ status: 401, appCode: 'auth.required' });
  expect(errorOf(await ask('/trpc/users.me', { method: 'GET', headers: { cookie } }))).toMatchObject({
    status: 403,
    appCode: 'auth.forbidden',
  });
});

test('what only a connected agent may say is not heard over HTTP', async () => {
  const body = JSON.stringify({ kind: 'failed', message: 'x' });
  expect(errorOf(await ask('/trpc/agents.reportError', { body }))).toMatchObject({
    status: 403,
    appCode: 'auth.forbidden',
  });
});

test('a body larger than any question is not read', async () => {
  const body = JSON.stringify({ csr: 'x'.repeat(64 * 1024) });
  expect((await ask('/trpc/agents.register', { body })).status).toBe(413);
  expect((await ask('/trpc/agents.register', { body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413);
});

test.each([
  ['that says how large it is', { 'content-length': 10_000_000 }],
  ['that does not', { 'transfer-encoding': 'chunked' }],
])('a body that is too large, %s, is answered before its end', async (_what, headers) => {
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    ca: services.authority.signing.pem,
    path: '/login',
    method: 'POST',
    headers,
  });
  onTestFinished(() => void request.destroy());
  request.write('x'.repeat(64 * 1024 + 1));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect([response.statusCode, JSON.parse(await text(response))]).toEqual([
    413,
    expect.objectContaining({ code: 'request.too_large' }),
  ]);
});

test('one request is one call', async () => {
  const registration = await registrationOf('web-01.example.com');
  const answer = await ask('/trpc/agents.register,agents.register?batch=1', {
    body: JSON.stringify({ 0: registration, 1: registration }),
  });
  expect(answer.status).toBe(400);
});

test('nothing else is there', async () => {
  const paths = [
    '/',
    '/trpc',
    '/trpc/',
    '/trpc/agents',
    '/trpc/agents.obey',
    '/trpc/__proto__',
    '/trpc/..%2f..%2fetc',
    '/setup',
    '/%ff',
    '/docs/..%2fpackage.json',
    '/docs/package.json',
  ];
  for (const path of paths) {
    const { status, text } = await ask(path, { method: 'GET' });
    expect([400, 404], path).toContain(status);
    expect(text, path).not.toMatch(/node_modules|\.ts:|\.js:/);
  }
});

test('what there is no procedure for is unknown, not wrong input', async () => {
  expect(errorOf(await ask('/trpc/agents.obey', { body: '{}' }))).toEqual({
    status: 404,
    appCode: 'request.unknown',
    message: 'request.unknown',
  });
});

test('a change is not made by a link', async () => {
  const input = encodeURIComponent(JSON.stringify(await registrationOf('web-01.example.com')));
  expect((await ask(`/trpc/agents.register?input=${input}`, { method: 'GET' })).status).toBe(405);
});

test('a method that calls nothing is refused, and no failure of ours', async () => {
  for (const method of ['TRACE', 'PUT', 'DELETE', 'PROPFIND']) {
    const { status, text } = await ask('/trpc/agents.register', { method });
    expect([status, JSON.parse(text)], method).toEqual([405, expect.objectContaining({ code: 'request.method' })]);
  }
  expect(services.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('nor does what streams: it is refused as a call, before a token is spent on it', async () => {
  for (const path of ['/trpc/live.stream', '/trpc/agents.inbox', '/trpc/audit.export', '/trpc/hosts.export']) {
    const { status, text } = await ask(path);
    expect([status, JSON.parse(text)], path).toEqual([405, expect.objectContaining({ code: 'request.method' })]);
  }
});

test('and no other spelling of its name gets further, nor of any other', async () => {
  await addPerson(services);
  const rest = await serveRestApi(services);
  const bearer = await logIn(rest.ask);
  const spellings = [
    'live%2Estream',
    'x/live.stream',
    '/live.stream',
    'live.strea%6d',
    'x%2Flive.stream',
    '%61gents.inbox',
    'hosts.counts/',
    'x/hosts.counts',
    'hosts%2ecounts',
  ];
  for (const name of spellings) {
    const { status, headers } = await rest.ask('GET', `/trpc/${name}?input=%7B%7D`, { bearer });
    expect([status, headers['x_reauthorization']], name).toEqual([expect.toBeOneOf([404, 405]), undefined]);
  }
  expect(await services.db.select().from(spentTokens)).toEqual([]);
  expect((await rest.ask('GET', '/hosts', { bearer })).status).toBe(200);
});

test('nobody has long to say what they want', async () => {
  // How long is the server's own; that it is held to it: sockets/serve-readable.test.ts.
  expect(await serveApiOn(services)).toMatchObject({ headersTimeout: 15_000, requestTimeout: 30_000, timeout: 60_000 });
});
