import { once } from 'node:events';
import { createServer, get, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { eq, sql } from 'drizzle-orm';
import express from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditRecords, users } from '../../db/schema';
import { sayIn } from '../../words/say';
import { RECORD_FORMATS } from '../audit/export-records';
import type { Permission } from '../auth/permissions';
import { createContext } from '../context';
import { addPerson, logIn, nextTokenOf, PASSWORD, serveRestApi } from '../rest/testing';
import { listen } from '../http/listen';
import { serveReadable } from '../http/serve-readable';
import { administratorOf, browserOf, callerFor, testServices } from '../testing';
import { recordAudit } from '../audit/record-audit';
import { serveExports } from './serve-exports';

interface Start {
  isSignedIn?: boolean;
  stalledMs?: number;
  language?: string;
  listener?: 'web' | 'api';
}

async function startExport({ isSignedIn = true, stalledMs, language, listener: on = 'web' }: Start = {}) {
  const services = await testServices();
  const userId = await addPerson(services);
  if (language !== undefined) await services.db.update(users).set({ language }).where(eq(users.id, userId));
  const cookie = (await services.sessions.start(userId)).split(';')[0];
  const session = isSignedIn ? await services.sessions.find(cookie) : null;
  const answers: ServerResponse[] = [];
  let reads = 0;
  // Counts what is asked of the database, and hands it on.
  const db = Object.assign(Object.create(services.db) as typeof services.db, {
    select: ((columns: never) => {
      reads++;
      return services.db.select(columns);
    }) as unknown as typeof services.db.select,
  });
  const app = express().use(
    serveExports(async (request, response) => {
      answers.push(response);
      return { ...createContext({ ...services, db, readsOf: () => db }, on, request), session };
    }),
  );
  const server = createServer();
  serveReadable(server, app, {}, { stalledMs });
  const listener = await listen(server, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${listener.port}/audit/export?${query}`;
    const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
    return response;
  };
  return { services, userId, ask, port: listener.port, answers, reads: () => reads };
}

const say = (services: Awaited<ReturnType<typeof testServices>>, label: string) =>
  recordAudit(services.db, services, {
    action: 'test.say',
    object: { kind: 'host', id: null, label },
    after: { label },
  });

test('JSON lines, newest first, by the filter', async () => {
  const { services, ask } = await startExport();
  for (const label of ['one', 'two', 'three']) await say(services, label);
  await recordAudit(services.db, services, { action: 'test.other' });
  const response = await ask('format=jsonl&action=test.say');
  expect(response.headers).toMatchObject({
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': expect.stringMatching(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.jsonl"$/),
    'cache-control': 'no-store',
  });
  const lines = (await text(response))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ objectLabel, sequence }) => [objectLabel, sequence])).toEqual([
    ['three', 3],
    ['two', 2],
    ['one', 1],
  ]);
});

test('CSV, a row a record', async () => {
  const { services, ask } = await startExport();
  for (const label of ['=1+1', 'a,"b"\r\nc', 'plain']) await say(services, label);
  const response = await ask('format=csv&action=test.say');
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  const csv = await text(response);
  expect(csv).toMatch(/^"sequence","at","actorKind",.*,"before","after","id"\r\n"3",/);
  for (const cell of [`,"'=1+1",`, ',"a,""b""\r\nc",', ',"plain",']) expect(csv).toContain(cell);
});

test('the columns of CSV are named in the language of who exports, those of JSON lines by their keys', async () => {
  const german = RECORD_FORMATS.csv.head(sayIn(['de']));
  const keys = RECORD_FORMATS.csv.head(null);
  const first = async (response: IncomingMessage) => `${(await text(response)).split('\r\n')[0]}\r\n`;
  const { ask } = await startExport({ language: 'de' });
  const asked = await ask('format=csv');
  expect(asked.headers).toMatchObject({ 'content-language': 'de', vary: expect.stringContaining('Accept-Language') });
  expect(await first(asked)).toBe(german);
  const lines = await ask('format=jsonl');
  expect(lines.headers['content-language']).toBeUndefined();
  expect(await text(lines)).toMatch(/^{"sequence":/);
  // For scripts, the address of somebody who asks for no language.
  const rest = await startExport({ language: 'de', listener: 'api' });
  expect(await first(await rest.ask('format=csv'))).toBe(keys);
  expect(await first(await rest.ask('format=csv', { 'accept-language': '*' }))).toBe(keys);
  expect(await first(await rest.ask('format=csv', { 'accept-language': 'tlh, de-AT;q=0.5' }))).toBe(german);
  expect(german).not.toBe(keys);
});

test('a log of many pages comes whole', async () => {
  const { services, ask } = await startExport();
  await insertMany(services, 1001, 10);
  const numbers = (await text(await ask('format=jsonl')))
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
  expect(numbers).toEqual(Array.from({ length: 1001 }, (_, i) => 1001 - i));
});

test('who exports is recorded, with the filter', async () => {
  const { services, ask } = await startExport();
  await text(await ask('format=csv&actor=ann%40example.com'));
  const lines = (await text(await ask('format=jsonl&action=audit.export'))).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      actorLabel: 'administrator@example.com',
      after: { format: 'csv', actor: 'ann@example.com' },
      address: '127.0.0.1',
    },
  ]);
  expect(services.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('nobody gets it without a session', async () => {
  const { ask } = await startExport({ isSignedIn: false });
  const refused = await ask('format=csv');
  expect([refused.statusCode, JSON.parse(await text(refused))]).toMatchObject([
    401,
    { code: 'auth.required', requestId: expect.any(String) },
  ]);
});

test('nothing is exported by a filter that means nothing', async () => {
  const { services, ask } = await startExport();
  for (const query of [
    'format=',
    'format=xml',
    'format=csv&from=yesterday',
    'format=csv&outcome=maybe',
    'format=csv&search=a&search=b',
  ]) {
    const response = await ask(query);
    expect([response.statusCode, JSON.parse(await text(response))], query).toMatchObject([
      400,
      {
        code: 'input.invalid',
        issues: expect.arrayContaining([{ path: expect.any(String), message: expect.any(String) }]),
      },
    ]);
  }
  await services.audit.seal();
  expect(await services.db.$count(auditRecords)).toBe(0);
});

test('a client that does not read holds the reading up, and one that leaves ends it', async () => {
  const { services, ask, answers, reads } = await startExport();
  const pages = 100;
  await insertMany(services, pages * 200, 5000);
  const response = await ask('format=jsonl');
  response.pause();
  const [answer] = answers;
  // The kernel's buffers are full, and so is ours.
  await expect.poll(() => answer!.writableNeedDrain).toBe(true);
  const closed = once(answer!, 'close');
  response.destroy();
  await closed;
  expect(reads()).toBeLessThan(pages / 2);
  expect(services.logged.map(({ msg }) => msg)).not.toContain('a download broke off');
});

test('a client that stops reading loses its place', async () => {
  const { services, ask, answers } = await startExport({ stalledMs: 100 });
  await insertMany(services, 20_000, 5000);
  const response = await ask('format=jsonl');
  response.pause();
  // No waiting for it to fill up: it may be cut short before anybody looks.
  await expect.poll(() => answers[0]!.destroyed).toBe(true);
  await expect(text(response)).rejects.toThrow('aborted');
  expect(services.logged.map(({ msg }) => msg)).not.toContain('a download broke off');
});

test('nothing but the download takes it: a subscription would have all of it in memory at once', async () => {
  const services = await testServices();
  await say(services, 'one');
  await expect((await administratorOf(services)).audit.export({ format: 'csv' })).rejects.toMatchObject({
    appCode: 'export.download_only',
  });
  await services.audit.seal();
  const records = await services.db.select().from(auditRecords).where(eq(auditRecords.action, 'audit.export'));
  expect(records, 'nothing was exported').toMatchObject([{ outcome: 'failed', code: 'export.download_only' }]);
});

test('HEAD is refused as elsewhere, without reading the log', async () => {
  const { port, answers, reads } = await startExport();
  const [response] = (await once(
    request({ port, host: '127.0.0.1', method: 'HEAD', path: '/audit/export' }).end(),
    'response',
  )) as [IncomingMessage];
  expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET']);
  expect([answers, reads()]).toEqual([[], 0]);
});

describe('whoever may not read the log any more gets no further page', () => {
  /** The same reader by each of the three ways to be known, and somebody who can shut them out. */
  async function startReader(via: 'cookie' | 'token' | 'key') {
    const services = await testServices();
    const userId = await addPerson(services);
    const browser = await browserOf(services, userId, { isDownload: true });
    const ways = {
      cookie: async () => browser,
      token: async () => {
        const credentials = { userid: 'administrator@example.com', password: PASSWORD };
        return callerFor(services, {
          listener: 'api',
          isDownload: true,
          bearer: (await callerFor(services, { listener: 'api' }).tokens.login(credentials)).token,
        });
      },
      key: async () =>
        callerFor(services, {
          listener: 'api',
          isDownload: true,
          bearer: (await browser.apiKeys.create({ name: 'backup', permissions: ['audit.read'] })).key,
        }),
    };
    await insertMany(services, 450, 10);
    // The type is what it is by way of the network.
    const pieces = (await (await ways[via]()).audit.export({ action: 'test.many' })) as AsyncGenerator<
      string,
      undefined
    >;
    return { services, userId, pieces, administrator: await administratorOf(services) };
  }

  test.each(['cookie', 'token', 'key'] as const)('by %s: deactivated', async (via) => {
    const { services, userId, pieces, administrator } = await startReader(via);
    expect((await pieces.next()).value!.trim().split('\n')).toHaveLength(200);
    await administrator.users.deactivate({ userId });
    await expect(pieces.next()).rejects.toMatchObject({ appCode: 'auth.required' });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    await services.audit.seal();
    const records = await services.db
      .select()
      .from(auditRecords)
      .where(eq(auditRecords.action, 'audit.export'))
      .orderBy(auditRecords.sequence);
    expect(records).toMatchObject([
      { outcome: 'done' },
      { outcome: 'refused', code: 'auth.required', actorId: records[0]!.actorId },
    ]);
  });

  test.each(['cookie', 'token', 'key'] as const)('by %s: demoted', async (via) => {
    const { userId, pieces, administrator } = await startReader(via);
    await pieces.next();
    await administrator.users.update({ userId, role: 'operator' });
    await expect(pieces.next()).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  });

  test('and whoever still may gets them all', async () => {
    const { pieces } = await startReader('key');
    const sizes = [];
    for await (const piece of pieces) sizes.push(piece.trim().split('\n').length);
    expect(sizes).toEqual([200, 200, 50]);
  });

  test('a download is cut short, which shows', async () => {
    const { services, userId, ask, answers } = await startExport();
    await insertMany(services, 20_000, 5000);
    const response = await ask('format=jsonl');
    response.pause();
    await expect.poll(() => answers[0]!.writableNeedDrain).toBe(true);
    await (await administratorOf(services)).users.deactivate({ userId });
    await expect(text(response)).rejects.toThrow('aborted');
    expect(services.logged).toContainEqual(
      expect.objectContaining({ level: 30, code: 'auth.required', msg: expect.stringContaining('a download ended') }),
    );
  });
});

describe('on the API listener', () => {
  async function startApi() {
    const services = await testServices();
    const userId = await addPerson(services);
    const { ask } = await serveRestApi(services);
    const keyFor = async (permissions: Permission[]) =>
      (await (await browserOf(services, userId)).apiKeys.create({ name: 'backup', permissions })).key;
    return { services, ask, keyFor };
  }

  test('many pages cost one token, and the next one stands before the file', async () => {
    const { services, ask } = await startApi();
    await insertMany(services, 1001, 10);
    const answer = await ask('GET', '/audit/export?action=test.many', { bearer: await logIn(ask) });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/jsonl; charset=utf-8' } });
    expect(answer.text.trim().split('\n')).toHaveLength(1001);
    const again = await ask('GET', '/audit/export?format=csv&action=test.many', { bearer: nextTokenOf(answer)! });
    expect(again.text.trim().split('\r\n')).toHaveLength(1002);
    expect(await ask('GET', '/audit', { bearer: nextTokenOf(again)! })).toMatchObject({ status: 200 });
  });

  test('a key needs the permission; who exports is recorded by the key, and who may not, too', async () => {
    const { services, ask, keyFor } = await startApi();
    expect(await ask('GET', '/audit/export', { bearer: await keyFor(['audit.read']) })).toMatchObject({ status: 200 });
    expect(await ask('GET', '/audit/export', { bearer: await keyFor(['hosts.read']) })).toMatchObject({
      status: 403,
      body: { code: 'auth.forbidden' },
    });
    expect(await ask('GET', '/audit/export')).toMatchObject({ status: 401, body: { code: 'auth.required' } });
    expect(await ask('GET', '/audit/export?from=x', { bearer: await keyFor(['audit.read']) })).toMatchObject({
      status: 400,
      body: { code: 'input.invalid' },
    });
    expect(await ask('POST', '/audit/export')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    await services.audit.seal();
    const records = await services.db
      .select()
      .from(auditRecords)
      .where(eq(auditRecords.action, 'audit.export'))
      .orderBy(auditRecords.sequence);
    expect(records).toMatchObject([
      {
        outcome: 'done',
        actorKind: 'apiKey',
        actorLabel: 'administrator@example.com (backup)',
        after: { format: 'jsonl' },
      },
      { outcome: 'refused', code: 'auth.forbidden', actorLabel: 'administrator@example.com (backup)' },
      { outcome: 'refused', code: 'auth.required', actorLabel: null, address: '127.0.0.1' },
    ]);
  });
});

/** Records of `bytes` each, as far as the export can tell. */
const insertMany = ({ db }: Awaited<ReturnType<typeof testServices>>, count: number, bytes: number) =>
  db.execute(sql`
    insert into audit_record (sequence, id, at, actor_kind, action, outcome, after, previous_mac, mac)
    select n, gen_random_uuid(), now() + n * interval '1 second', 'system', 'test.many', 'done', jsonb_build_object('text', repeat('x', ${bytes}::int)), '-', '-'
    from generate_series(1, ${count}::int) as n`);
