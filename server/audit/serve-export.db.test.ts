import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import type { Session } from '../auth/session';
import { createContext } from '../context';
import { listen } from '../sockets/listen';
import { sessionOf, testServices } from '../testing';
import { recordAudit } from './record-audit';
import { serveAuditExport } from './serve-export';

const ADMINISTRATOR = sessionOf();

async function startExport({ session = ADMINISTRATOR }: { session?: Session | null } = {}) {
  const services = await testServices();
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
    serveAuditExport(async (request, response) => {
      answers.push(response);
      return { ...createContext({ ...services, db }, 'web', request), session };
    }),
  );
  const listener = await listen(createServer(app), { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const ask = async (query: string) => {
    const [response] = (await once(get(`http://127.0.0.1:${listener.port}/audit/export?${query}`), 'response')) as [IncomingMessage];
    return response;
  };
  return { services, ask, answers, reads: () => reads };
}

const say = (services: Awaited<ReturnType<typeof testServices>>, label: string) =>
  recordAudit(services.db, services, { action: 'test.say', object: { kind: 'host', id: null, label }, after: { label } });

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
  const lines = (await text(response)).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ objectLabel, sequence }) => [objectLabel, sequence])).toEqual([['three', 3], ['two', 2], ['one', 1]]);
});

test('a cell of a CSV is never a formula, and quotes, commas and lines stay within it', async () => {
  const { services, ask } = await startExport();
  for (const label of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', 'a,"b"\r\nc', 'plain']) await say(services, label);
  const csv = await text(await ask('format=csv'));
  const [head, ...lines] = csv.split('\r\n');
  expect(head).toMatch(/^sequence,at,actorKind,.*,before,after,id$/);
  for (const cell of [",'=1+1,", ",'+1,", ",'-1,", ",'@SUM(A1),", ",'\t=1,", ',"a,""b""', ',plain,']) expect(csv).toContain(cell);
  expect(lines.filter((line) => /^\d+,2/.test(line))).toHaveLength(7);
});

test('a log of many pages comes whole', async () => {
  const { services, ask } = await startExport();
  await insertMany(services, 1001, 10);
  const numbers = (await text(await ask('format=jsonl'))).trim().split('\n').map((line) => (JSON.parse(line) as { sequence: number }).sequence);
  expect(numbers).toEqual(Array.from({ length: 1001 }, (_, i) => 1001 - i));
});

test('who exports is recorded, with the filter', async () => {
  const { services, ask } = await startExport();
  await text(await ask('format=csv&actor=ann%40example.com'));
  const lines = (await text(await ask('format=jsonl&action=audit.export'))).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { actorLabel: 'admin@example.com', after: { format: 'csv', actor: 'ann@example.com' }, address: '127.0.0.1' },
  ]);
  expect(services.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('nobody gets it without a session, and nothing is exported by a filter that means nothing', async () => {
  const { ask } = await startExport({ session: null });
  const refused = await ask('format=csv');
  expect([refused.statusCode, await text(refused)]).toEqual([401, 'auth.required\n']);
  for (const query of ['', 'format=xml', 'format=csv&from=yesterday', 'format=csv&outcome=maybe', 'format=csv&search=a&search=b']) {
    expect((await ask(query)).statusCode, query).toBe(400);
  }
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
  expect(services.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

/** Records of `bytes` each, as far as the export can tell. */
const insertMany = ({ db }: Awaited<ReturnType<typeof testServices>>, count: number, bytes: number) =>
  db.execute(sql`
    insert into audit_record (sequence, id, at, actor_kind, action, outcome, after, previous_mac, mac)
    select n, gen_random_uuid(), now() + n * interval '1 second', 'system', 'test.many', 'done', jsonb_build_object('text', repeat('x', ${bytes}::int)), '-', '-'
    from generate_series(1, ${count}::int) as n`);
