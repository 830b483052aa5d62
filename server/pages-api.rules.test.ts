import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { createContext } from './context';
import { pagesAct, pagesApi } from './pages-api';
import { sessionOf, testServices } from './testing';
import type { Context } from './context';

const NOBODY = '01890000-0000-7000-8000-000000000000';
const session = sessionOf();

let services: Awaited<ReturnType<typeof testServices>>;
let context: Context;

beforeEach(async () => {
  services = await testServices();
  context = { ...createContext(services, 'web', new IncomingMessage(new Socket())), session };
});

const api = (path = '/hosts') => pagesApi(context, path);
const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => Promise.reject(new Error('it went well')),
    (thrown: unknown) => thrown,
  );

test('what goes well comes back as it is', async () => {
  expect(await api().hosts.counts()).toMatchObject({ total: 0, counts: { up: 0 } });
});

test('without a session a page leads to the sign-in, and back', async () => {
  context = { ...context, session: null };
  const thrown = (await thrownBy(api('/hosts?search=a&b#c').hosts.list({}))) as Response;
  expect(thrown).toBeInstanceOf(Response);
  expect(thrown.status).toBe(302);
  expect(thrown.headers.get('location')).toBe('/sign-in?next=%2Fhosts%3Fsearch%3Da%26b%23c');
});

test('a refusal is its name, its status and the request’s id', async () => {
  expect(await thrownBy(api().hosts.byId({ hostId: NOBODY }))).toMatchObject({
    type: 'DataWithResponseInit',
    data: { code: 'host.not_found', requestId: context.requestId, issues: [] },
    init: { status: 404 },
  });
});

test('a form learns which field is wrong, not what was in it', async () => {
  const thrown = await thrownBy(api('/setup').users.setup({ token: 'x', email: 'hunter2', password: 'hunter2' }));
  expect(thrown).toMatchObject({
    data: {
      code: 'input.invalid',
      issues: [
        { path: 'email', message: expect.any(String) },
        { path: 'password', message: expect.any(String) },
      ],
    },
    init: { status: 400 },
  });
  expect(JSON.stringify(thrown)).not.toContain('hunter2');
});

test('an error of ours is in the log, and only its id on the page', async () => {
  await services.db.execute(sql`alter table host rename to hidden`);
  const thrown = await thrownBy(api().hosts.list({})).finally(() =>
    services.db.execute(sql`alter table hidden rename to host`),
  );
  expect(thrown).toMatchObject({
    data: { code: 'internal', requestId: context.requestId, issues: [] },
    init: { status: 500 },
  });
  expect(JSON.stringify(thrown)).not.toMatch(/select|host"/);
  expect(services.logged.at(-1)).toMatchObject({
    level: 50,
    path: 'hosts.list',
    requestId: context.requestId,
    by: session.user.id,
  });
});

test('what somebody has done is in the log with their id and their request’s, and without their address', async () => {
  await api().fleets.create({ name: 'Rack 4' });
  expect(services.logged.at(-1)).toMatchObject({
    msg: 'fleet made',
    requestId: context.requestId,
    by: session.user.id,
  });
  expect(JSON.stringify(services.logged)).not.toContain(session.user.email);
});

test('an act is a mutation by its path, judged by its own guard and schema', async () => {
  const act = pagesAct(api());
  const refused = { data: { code: 'host.not_found' }, init: { status: 404 } };
  expect(await thrownBy(act('hosts.approve', { hostId: NOBODY }))).toMatchObject(refused);
  expect(await thrownBy(act('hosts.approve', {}))).toMatchObject({
    data: { code: 'input.invalid', issues: [{ path: 'hostId' }] },
  });
  context = { ...context, session: { ...session, permissions: new Set() } };
  expect(await thrownBy(pagesAct(api())('hosts.approve', { hostId: NOBODY }))).toMatchObject({
    data: { code: 'auth.forbidden' },
  });
});

test.each(['hosts.list', 'live.stream', 'hosts', 'hosts.approve.call', 'constructor', '__proto__', ''])(
  '%j is no act',
  async (path) => {
    expect(await thrownBy(pagesAct(api())(path, {}))).toMatchObject({
      data: { code: 'request.unknown' },
      init: { status: 404 },
    });
  },
);
