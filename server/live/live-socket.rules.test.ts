import { once } from 'node:events';
import { createTRPCClient, createWSClient, TRPCClientError, wsLink } from '@trpc/client';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { sessions, users } from '../../db/schema';
import { EVERY } from '../events';
import { createOriginGuard } from '../http/same-origin';
import { createLiveUpgrade } from './live-socket';
import type { Batch, Page } from './page';
import type { AppRouter } from '../router';
import { dispatchUpgrades } from '../http/upgrade';
import { serveHttp } from '../sockets/testing';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';

let services: Awaited<ReturnType<typeof testServices>>;
let live: ReturnType<typeof createLiveUpgrade>;
let port: number;
let cookie: string;
/** How many cookies the server has looked up. */
let checks: number;

beforeEach(() => start());

async function start(environment?: Record<string, string>) {
  const made = await testServices(environment);
  checks = 0;
  const find: typeof made.sessions.find = (header) => {
    checks++;
    return made.sessions.find(header);
  };
  services = { ...made, sessions: { ...made.sessions, find } };
  live = createLiveUpgrade(services, createOriginGuard([], services.log));
  const http = await serveHttp();
  port = http.port;
  dispatchUpgrades(
    http.server,
    { '/trpc': live.upgrade },
    { headers: {}, onError: (error) => services.log.error({ err: error }, 'upgrade failed') },
  );
  const [user] = await services.db
    .insert(users)
    .values({ email: 'admin@example.com', passwordHash: '-', role: 'administrator' })
    .returning();
  cookie = await signIn(user!.id);
}

const signIn = async (userId: string) => (await services.sessions.start(userId)).split(';')[0]!;

/** A page's socket, as its browser opens it. */
class PageSocket extends WebSocket {
  constructor(_address?: string | URL, headers: Record<string, string> = {}, options: ClientOptions = {}) {
    super(`ws://127.0.0.1:${port}/trpc`, {
      ...options,
      headers: { origin: `http://127.0.0.1:${port}`, cookie, ...headers },
    });
    onTestFinished(() => this.terminate());
  }
}

async function openPage(): Promise<PageSocket> {
  const page = new PageSocket();
  await once(page, 'open');
  return page;
}

/** The status that an upgrade is refused with. */
async function refusal(headers: Record<string, string>): Promise<number> {
  const page = new PageSocket(undefined, headers);
  page.on('error', () => undefined); // ws reports the refusal as one
  const [, response] = (await once(page, 'unexpected-response')) as [unknown, { statusCode: number }];
  page.terminate();
  return response.statusCode;
}

/** The procedures over a socket of its own, which does not come back when it is closed. */
function connectClient() {
  const client = createWSClient({
    url: 'ws://given.by.PageSocket',
    WebSocket: PageSocket as never,
    retryDelayMs: () => 60_000,
  });
  onTestFinished(() => client.close());
  return createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
}

async function sendAndReceive(page: WebSocket, frame: string | Buffer): Promise<unknown> {
  page.send(frame);
  const [answer] = (await once(page, 'message')) as [Buffer];
  return JSON.parse(answer.toString());
}

const sessionId = async () => (await services.sessions.find(cookie))!.id;

describe('who may open one', () => {
  test('a page of this server, signed in', async () => {
    await openPage();
  });

  test('no page of another server', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      'http://127.0.0.1',
      '',
      `http://127.0.0.1:${port}.evil.example`,
      `http://evil.example/127.0.0.1:${port}`,
      `http://127.0.0.1:${port}@evil.example`,
    ]) {
      expect(await refusal({ origin }), origin).toBe(403);
    }
  });

  test('not who has no session, or an ended one', async () => {
    expect(await refusal({ cookie: '' })).toBe(401);
    expect(await refusal({ cookie: `${cookie}x` })).toBe(401);
    await services.sessions.end(await sessionId());
    expect(await refusal({})).toBe(401);
  });
});

/**
 * A second is what is promised: half of it until the next look, and what that takes. A busy machine may take another to
 * ask the database and to tell this process of it.
 */
const AT_ONCE_MS = 2_000;

/** The codes that pages are closed with, which must be soon after the act is done. */
async function closedBy(act: () => PromiseLike<unknown>, ...pages: PageSocket[]): Promise<number[]> {
  const closed = pages.map(async (page) => {
    const [code] = (await once(page, 'close')) as [number];
    return { code, at: performance.now() };
  });
  await act();
  const done = performance.now();
  const closings = await Promise.all(closed);
  for (const { at } of closings) expect(at - done).toBeLessThan(AT_ONCE_MS);
  return closings.map(({ code }) => code);
}

describe('the session ends', () => {
  test('its sockets close, all of them and no others', async () => {
    const pages = [await openPage(), await openPage()];
    const closed = pages.map((page) => once(page, 'close'));
    const [user] = await services.db.select().from(users);
    const ended = await sessionId();
    cookie = await signIn(user!.id);
    const other = await openPage();

    services.events.emit('session.ended', { sessionId: ended });

    expect((await Promise.all(closed)).map(([code]) => code as number)).toEqual([4001, 4001]);
    expect(other.readyState).toBe(other.OPEN);
  });

  test.each([
    ['by time', () => services.db.update(sessions).set({ expiresAt: new Date(Date.now() - 1) })],
    ['by another process', () => services.db.delete(sessions)],
    ['by a deactivation in another process', () => services.db.update(users).set({ deactivatedAt: new Date() })],
  ])('%s: its sockets close, though nobody tells', async (_how, end) => {
    expect(await closedBy(end, await openPage(), await openPage())).toEqual([4001, 4001]);
  });

  test('while the upgrade is still checked: it is refused', async () => {
    const id = await sessionId();
    const before = checks;
    let checking: Promise<number>;
    await services.db.transaction(async (tx) => {
      await tx.execute(sql`lock table session in access exclusive mode`);
      checking = refusal({});
      await expect.poll(() => checks).toBe(before + 1);
      services.events.emit('session.ended', { sessionId: id });
    });
    expect(await checking!).toBe(401);
  });
});

describe('when its user', () => {
  test('is deactivated or deleted, it closes for good', async () => {
    const [user] = await services.db.select().from(users);
    const admin = await administratorOf(services, 'other@example.com');
    const told: string[] = [];
    services.events.listen('session.ended', EVERY, ({ sessionId: ended }) => told.push(ended));
    for (const act of [admin.users.deactivate, admin.users.delete]) {
      const page = await openPage();
      const closed = once(page, 'close');
      const ended = await sessionId();
      await act({ userId: user!.id });
      // It waits for no look at the database.
      expect(told.splice(0)).toEqual([ended]);
      expect((await closed)[0]).toBe(4001);
      expect(await refusal({})).toBe(401);
      if (act === admin.users.delete) continue;
      await admin.users.activate({ userId: user!.id });
      cookie = await signIn(user!.id);
    }
  });

  test('is said to have changed, it closes at that, and no other', async () => {
    const [user] = await services.db
      .insert(users)
      .values({ email: 'other@example.com', passwordHash: '-', role: 'viewer' })
      .returning();
    const other = await openPage();
    cookie = await signIn(user!.id);
    const page = await openPage();
    const closed = once(page, 'close');
    services.events.emit('user.changed', { userId: user!.id });
    // Nothing has changed in the database, where a look would see it.
    expect((await closed)[0]).toBe(1012);
    expect(other.readyState).toBe(other.OPEN);
  });

  test('may do less, it closes, and the next one may do no more than that', async () => {
    const [user] = await services.db.select().from(users);
    const admin = await administratorOf(services, 'other@example.com');
    const told: string[] = [];
    services.events.listen('user.changed', EVERY, ({ userId }) => told.push(userId));
    const page = await openPage();
    const closed = once(page, 'close');
    await admin.users.update({ userId: user!.id, email: user!.email, name: '', role: 'viewer' });
    expect(told).toEqual([user!.id]);
    expect((await closed)[0]).toBe(1012);
    const client = connectClient();
    expect((await client.users.me.query())?.role).toBe('viewer');
    await expect(client.users.list.query({})).rejects.toMatchObject({ data: { appCode: 'auth.forbidden' } });
  });

  test('is changed while a page opens its own, the page is let in with what holds by then', async () => {
    const [user] = await services.db.select().from(users);
    let opening: Promise<PageSocket>;
    await services.db.transaction(async (tx) => {
      await tx.execute(sql`lock table session in access exclusive mode`);
      opening = openPage();
      await expect.poll(() => checks).toBe(1);
      services.events.emit('user.changed', { userId: user!.id });
    });
    const page = await opening!;
    expect(checks).toBe(2);
    expect(page.readyState).toBe(page.OPEN);
  });
});

test('a role that another process changed closes the page’s socket, and the next one has the role of now', async () => {
  expect(await closedBy(() => services.db.update(users).set({ role: 'viewer' }), await openPage())).toEqual([1012]);
  expect((await connectClient().users.me.query())?.role).toBe('viewer');
});

test('an open page is no use of its session; opening one is', async () => {
  const soon = new Date(Date.now() + 60_000);
  await openPage();
  await services.db.update(sessions).set({ expiresAt: soon });
  // The session is looked at: another that is shut out at the same moment has closed.
  const [user] = await services.db
    .insert(users)
    .values({ email: 'other@example.com', passwordHash: '-', role: 'viewer' })
    .returning();
  const mine = cookie;
  cookie = await signIn(user!.id);
  const other = await openPage();
  const closed = once(other, 'close');
  await services.db.delete(users).where(eq(users.id, user!.id));
  await closed;
  expect(await services.db.select().from(sessions)).toMatchObject([{ expiresAt: soon }]);
  cookie = mine;
  await openPage();
  expect((await services.db.select().from(sessions))[0]!.expiresAt.getTime()).toBeGreaterThan(soon.getTime());
});

test('a database that does not answer closes no page, and is told of once', async () => {
  const page = await openPage();
  const problems = () =>
    services.logged.filter(({ msg }) => msg === 'the sessions of open pages could not be checked').length;
  await services.db.execute(sql`alter table session rename to hidden`);
  await expect.poll(problems).toBe(1);
  await services.db.execute(sql`alter table hidden rename to session`);
  const closed = once(page, 'close');
  await services.db.delete(sessions);
  expect((await closed)[0]).toBe(4001);
  expect(problems()).toBe(1);
});

test('changes reach the page over a real socket', async () => {
  const client = connectClient();
  const { feed } = await client.hosts.counts.query();
  const { enrolmentId } = await strangerOf(services).agents.register(await registrationOf('web-01.example.com'));
  const changes: Batch['changes'] = [];
  const subscription = client.live.stream.subscribe(undefined, { onData: (batch) => changes.push(...batch.changes) });
  onTestFinished(() => subscription.unsubscribe());
  const interests = [
    { topic: 'hosts', keys: [], news: true, since: feed },
    { topic: 'hostCounts', keys: [''], since: feed },
  ];
  await client.live.watch.query({ number: 1, interests });
  await expect
    .poll(() => changes)
    .toEqual(
      expect.arrayContaining([
        {
          topic: 'hosts',
          kind: 'value',
          key: enrolmentId,
          value: expect.objectContaining({ id: enrolmentId, state: 'pending' }),
        },
        { topic: 'hostCounts', kind: 'value', key: '', value: expect.objectContaining({ pending: 1 }) },
      ]),
    );
});

test('a person’s session does not make them a machine', async () => {
  const client = connectClient();
  const registration = await registrationOf('web-01.example.com');
  for (const call of [
    () => client.agents.register.mutate(registration),
    () => client.agents.reportError.mutate({ kind: 'failed', message: 'x' }),
    () => client.agents.heartbeat.mutate({} as never),
  ]) {
    await expect(call()).rejects.toMatchObject({ data: { appCode: 'auth.forbidden', httpStatus: 403 } });
  }
});

describe('a page that asks for too much', () => {
  const question = (id: number, message: object) => JSON.stringify({ id, jsonrpc: '2.0', ...message });
  const list = { method: 'query', params: { path: 'hosts.list', input: { limit: 200, waiting: true } } };
  const live = { method: 'subscription', params: { path: 'live.stream' } };

  async function expectCutOff(page: PageSocket, what: string, act: () => void) {
    const closed = once(page, 'close');
    act();
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4005, what]);
    expect(services.logged).toContainEqual(
      expect.objectContaining({ msg: 'a page asked for too much and was cut off', what }),
    );
  }

  test('of calls: is cut off, and the other page of the session goes on', async () => {
    const [page, other] = [await openPage(), await openPage()];
    const answers: unknown[] = [];
    page.on('message', (data) => answers.push(data));
    await expectCutOff(page, 'calls', () => {
      for (let id = 0; id < 20_000; id++) page.send(question(id, list));
    });
    expect(answers.length).toBeLessThanOrEqual(8);
    expect(await sendAndReceive(other, question(1, list))).toMatchObject({ id: 1, result: { data: { hosts: [] } } });
  });

  test('in one frame: none is begun', async () => {
    const page = await openPage();
    await expectCutOff(page, 'calls', () =>
      page.send(`[${Array.from({ length: 17 }, (_, id) => question(id, list)).join()}]`),
    );
    expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });

  test('under one id, where answers could not be told apart', async () => {
    const page = await openPage();
    await expectCutOff(page, 'id', () => [1, 2].forEach(() => page.send(question(7, live))));
  });

  test('of frames that are no calls', async () => {
    const page = await openPage();
    await expectCutOff(page, 'frames', () => Array.from({ length: 400 }, () => page.send('PING')));
  });

  test('on many sockets, or comes back for more', async () => {
    const pages = await Promise.all(Array.from({ length: 64 }, openPage));
    const refused = new PageSocket();
    const [code, reason] = (await once(refused, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4005, 'sockets']);
    const gone = once(pages[0]!, 'close');
    pages[0]!.close();
    await gone;
    await expect
      .poll(async () => {
        const next = new PageSocket();
        await once(next, 'open');
        return Promise.race([
          once(next, 'close').then(() => 'closed'),
          sendAndReceive(next, question(1, list)).then(() => 'answered'),
        ]);
      })
      .toBe('answered');
  });

  test('and whatever it asks, it does not begin anew by coming back', async () => {
    let answered = 0;
    const comeBack = async () => {
      const page = await openPage();
      page.on('message', () => answered++);
      for (let id = 0; id < 200; id++) page.send(question(id, list));
      await once(page, 'close');
    };
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 20 }, comeBack));
    // Eight on the first, and two a second since, or those that were open before it was cut off.
    expect(answered).toBeLessThan(200);
  });

  test('one after another may ask as often as people do', async () => {
    const page = await openPage();
    for (let id = 0; id < 60; id++)
      expect(await sendAndReceive(page, question(id % 2, list))).toMatchObject({ result: { data: { hosts: [] } } });
    // Each page that is opened has a stream, and leaves it for the next.
    let onStopped = () => {};
    page.on('message', (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { result?: { type: string } }).result?.type === 'stopped') onStopped();
    });
    for (let id = 1000; id < 1040; id++) {
      const stopped = new Promise<void>((resolve) => (onStopped = resolve));
      page.send(question(id, live));
      page.send(JSON.stringify({ id, method: 'subscription.stop' }));
      await stopped;
    }
    page.removeAllListeners('message');
    expect(await sendAndReceive(page, question(1, list))).toMatchObject({ id: 1, result: { data: { hosts: [] } } });
  });

  test('of streams: is cut off, and those that it had are over', async () => {
    const { open } = services.hub;
    let opened: Page;
    services.hub.open = (session) => (opened = open(session));
    const page = await openPage();
    await expectCutOff(page, 'subscriptions', () => {
      for (let id = 0; id < 3000; id++) page.send(question(id, live));
    });
    expect((await opened!.stream(new AbortController().signal).next()).done).toBe(true);
  });

  test('or says ever anew what it shows', async () => {
    const page = await openPage();
    const { feed } = await connectClient().hosts.counts.query();
    const watch = (number: number) => ({
      method: 'query',
      params: {
        path: 'live.watch',
        input: { number, interests: [{ topic: 'hosts', keys: [], news: true, since: feed }] },
      },
    });
    const closed = once(page, 'close');
    let said = 0;
    page.on('message', () => page.send(question(++said, watch(said + 1))));
    page.send(question(0, watch(1)));
    expect(((await closed) as [number, Buffer])[1].toString()).toBe('frames');
    expect(said).toBeGreaterThan(290);
  });
});

describe('what no page sends', () => {
  const call = (message: object) => JSON.stringify({ id: 1, jsonrpc: '2.0', ...message });

  const nonsense: [what: string, frame: string | Buffer, code: string][] = [
    ['no JSON', 'hello', 'PARSE_ERROR'],
    ['binary', Buffer.from([0, 255, 1]), 'PARSE_ERROR'],
    ['null', 'null', 'PARSE_ERROR'],
    ['a number', '7', 'PARSE_ERROR'],
    ['no method', call({}), 'PARSE_ERROR'],
    ['a method there is not', call({ method: 'constructor' }), 'PARSE_ERROR'],
    ['no params', call({ method: 'query' }), 'PARSE_ERROR'],
    ['a path that is no text', call({ method: 'query', params: { path: { x: 1 } } }), 'PARSE_ERROR'],
    ['brackets without end', '['.repeat(60_000), 'PARSE_ERROR'],
    ['a list of nonsense', '[1,null,[]]', 'PARSE_ERROR'],
    ['no such procedure', call({ method: 'query', params: { path: 'hosts.everything' } }), 'NOT_FOUND'],
    ['a router', call({ method: 'query', params: { path: 'hosts' } }), 'NOT_FOUND'],
    ['a property of every object', call({ method: 'query', params: { path: '__proto__' } }), 'NOT_FOUND'],
    ['another property of every object', call({ method: 'query', params: { path: 'constructor' } }), 'NOT_FOUND'],
    [
      'a mutation as a query',
      call({ method: 'query', params: { path: 'hosts.approve', input: { hostId: 'x' } } }),
      'NOT_FOUND',
    ],
    ['a query as a subscription', call({ method: 'subscription', params: { path: 'hosts.counts' } }), 'NOT_FOUND'],
    ['input of the wrong shape', call({ method: 'query', params: { path: 'hosts.list', input: [] } }), 'BAD_REQUEST'],
    [
      'keys to pollute with',
      '{"id":1,"method":"query","params":{"path":"hosts.byId","input":{"__proto__":{"hostId":"x"}}}}',
      'BAD_REQUEST',
    ],
  ];

  test('is refused, frame by frame, and the socket lives', async () => {
    const page = await openPage();
    for (const [what, frame, code] of nonsense) {
      const appCode = code === 'NOT_FOUND' ? 'request.unknown' : 'input.invalid';
      const refused = { message: appCode, data: { code, appCode } };
      expect(await sendAndReceive(page, frame), what).toMatchObject({ error: refused });
      const counts = call({ method: 'query', params: { path: 'hosts.counts' } });
      expect(await sendAndReceive(page, counts), what).toMatchObject({ id: 1, result: { data: { total: 0 } } });
    }
    expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });

  test('a frame larger than any question ends that socket alone', async () => {
    const [page, other] = [await openPage(), await openPage()];
    page.send('x'.repeat(64 * 1024 + 1));
    expect((await once(page, 'close'))[0]).toBe(1009);
    expect(other.readyState).toBe(other.OPEN);
  });

  test('an error of ours says nothing of itself, but where to find it in the log', async () => {
    const client = connectClient();
    await services.db.execute(sql`alter table host rename to hidden`);
    let error: unknown;
    try {
      error = await client.hosts.list.query({}).catch((thrown: unknown) => thrown);
    } finally {
      await services.db.execute(sql`alter table hidden rename to host`);
    }
    expect(error).toBeInstanceOf(TRPCClientError);
    const { data, message } = error as TRPCClientError<AppRouter>;
    expect({ data, message }).toEqual({
      message: 'internal',
      data: {
        code: 'INTERNAL_SERVER_ERROR',
        httpStatus: 500,
        appCode: 'internal',
        requestId: expect.any(String),
        retryAfterSeconds: null,
        issues: [],
      },
    });
    const [logged] = services.logged.filter(({ level }) => (level as number) >= 50);
    expect(logged).toMatchObject({
      path: 'hosts.list',
      requestId: data!.requestId,
      err: { message: expect.stringContaining('host') },
    });
  });
});

describe('the server stops', () => {
  test('pages are told that it restarts', async () => {
    const page = await openPage();
    const closed = once(page, 'close');
    await live.closeAll();
    expect((await closed)[0]).toBe(1012);
  });

  // The listener would wait for it, and the process would never end.
  test('a page that comes back at once, or just comes, is not let in any more', async () => {
    let checking: Promise<number>;
    await services.db.transaction(async (tx) => {
      await tx.execute(sql`lock table session in access exclusive mode`);
      checking = refusal({});
      await expect.poll(() => checks).toBe(1);
      await live.closeAll();
    });
    expect(await checking!).toBe(503);
    expect(await refusal({})).toBe(503);
  });
});

test('a page that falls silent is let go', async () => {
  await start({ SYSMANAGE_HEARTBEAT_PING_SECONDS: '0.1' });
  const page = new PageSocket(undefined, {}, { autoPong: false });
  await once(page, 'open');
  expect((await once(page, 'close'))[0]).toBe(1006);
});
