import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditRecords, spentTokens, tokenChains, users } from '../../db/schema';
import { sweepExpired } from '../auth/sweep-expired';
import { createContext } from '../context';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { addPerson, type Ask, logIn, nextTokenOf, PASSWORD, serveRestApi } from '../rest/testing';
import { administratorOf, callerFor, personOf, testServices } from '../testing';
import { accountKey } from '../auth/account-lock';
import { logIn as logInAt } from './log-in';
import { giveBackToken, spendToken } from './spend-token';

const NOWHERE = '/hosts/00000000-0000-4000-8000-000000000000';
const MINUTE_MS = 60_000;

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let userId: string;

beforeEach(async () => {
  services = await testServices();
  userId = await addPerson(services);
  ({ ask } = await serveRestApi(services));
});

test('the password buys a token for ten minutes', async () => {
  const { status, body, headers } = await ask('POST', '/login', {
    body: { userid: 'Administrator@example.com', password: PASSWORD },
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    expiresAt: expect.any(String),
    device: expect.any(String),
  });
  expect(nextTokenOf({ headers } as never)).toBeUndefined();
});

test('and for no second more', async () => {
  const context = createContext(services, 'api', new IncomingMessage(new Socket()));
  const now = new Date('2026-01-01T00:00:00.000Z');
  const { token, expiresAt } = await logInAt(context, { userid: 'administrator@example.com', password: PASSWORD }, now);
  expect(expiresAt).toBe('2026-01-01T00:10:00.000Z');
  await expect(spendToken(context, token, new Date('2026-01-01T00:10:00.000Z'))).rejects.toMatchObject({
    appCode: 'token.expired',
  });
  expect(await spendToken(context, token, new Date('2026-01-01T00:09:59.000Z'))).toMatchObject({
    session: { via: 'token' },
  });
  // It is a sign-in like any other.
  expect((await services.db.query.users.findFirst())!.lastSignInAt).toEqual(now);
});

test('whoever guesses from one address is told when to come back', async () => {
  services = await testServices({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '2' });
  ({ ask } = await serveRestApi(services));
  const guess = (i: number) =>
    ask('POST', '/login', { body: { userid: `somebody-${i}@example.com`, password: 'wrong' } });
  for (const i of [1, 2]) expect(await guess(i)).toMatchObject({ status: 401, body: { code: 'auth.credentials' } });
  const refused = await guess(3);
  expect(refused).toMatchObject({
    status: 429,
    body: { code: 'auth.too_many' },
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
  });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('whoever logs in for every call is told to slow down, before the log is full of it', async () => {
  for (let i = 0; i < 119; i++) await services.limits.ownChanges.take(userId);
  const login = () => ask('POST', '/login', { body: { userid: 'administrator@example.com', password: PASSWORD } });
  expect(await login()).toMatchObject({ status: 200 });
  for (let i = 0; i < 3; i++)
    expect(await login()).toMatchObject({
      status: 429,
      body: { code: 'request.too_many' },
      headers: { 'retry-after': expect.stringMatching(/^[1-9]\d?$/) },
    });
  await services.audit.seal();
  expect((await services.db.select().from(auditRecords)).map(({ action, outcome }) => [action, outcome])).toEqual([
    ['token.login', 'done'],
    ['token.login', 'refused'],
  ]);
});

test('whoever comes when too many wait already is told to come back soon', async () => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  // One that is looked at, and as many as may wait for it.
  const crowd = Array.from({ length: 201 }, () =>
    services.passwordTurns.take(accountKey('administrator@example.com'), () => held),
  );
  const refused = await ask('POST', '/login', { body: { userid: 'administrator@example.com', password: PASSWORD } });
  expect(refused).toMatchObject({ status: 429, body: { code: 'auth.busy' }, headers: { 'retry-after': '2' } });
  letGo();
  await Promise.all(crowd);
  expect(await logIn(ask)).toBeDefined();
});

test('each answer brings the next token, over REST and over tRPC', async () => {
  const first = await ask('GET', '/hosts', { bearer: await logIn(ask) });
  expect(first).toMatchObject({ status: 200, body: { hosts: [], total: 0 } });
  const second = await ask('GET', '/trpc/hosts.counts', { bearer: nextTokenOf(first)! });
  expect(second.status).toBe(200);
  const third = await ask('POST', '/trpc/hosts.update', {
    bearer: nextTokenOf(second)!,
    body: { hostId: (await seedHosts(services.db, [{}]))[0], notes: 'x' },
  });
  expect(third.status).toBe(200);
  expect((await ask('GET', '/hosts', { bearer: nextTokenOf(third)! })).status).toBe(200);
});

describe('an error of ours', () => {
  const FAULT = 'disk on fire';

  test('after a change: the token is spent, no other comes, and the chain is over without anybody being accused', async () => {
    const [hostId] = await seedHosts(services.db, [{}]);
    // Listeners hear of it after the commit: the change is made, and the answer is 500.
    services.events.listen('host.changed', EVERY, () => {
      throw new Error(FAULT);
    });
    const bearer = await logIn(ask);
    const patch = () => ask('PATCH', `/hosts/${hostId}`, { bearer, body: { notes: 'made' } });
    const failed = await patch();
    expect(failed).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(nextTokenOf(failed)).toBeUndefined();
    expect((await services.db.query.hosts.findFirst())!.notes).toBe('made');
    expect(await patch()).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
    expect(services.logged.filter(({ err }) => (err as Error | undefined)?.message === FAULT)).toHaveLength(1);
    await services.audit.seal();
    expect((await services.db.select().from(auditRecords)).map(({ action }) => action)).not.toContain('token.spend');
  });

  test('while only reading: the token still works', async () => {
    const bearer = await logIn(ask);
    await services.db.execute('alter table host rename to hidden');
    const failed = await ask('GET', '/hosts', { bearer });
    await services.db.execute('alter table hidden rename to host');
    expect(failed.status).toBe(500);
    expect((await ask('GET', '/hosts', { bearer })).status).toBe(200);
  });
});

test('a change that was made is answered with a next token, whatever became of the chain meanwhile', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  const bearer = await logIn(ask);
  await services.db.execute(
    'create function end_chains() returns trigger language plpgsql as $$ begin delete from token_chain; return new; end $$',
  );
  await services.db.execute(
    'create trigger end_chains after update on host for each row execute function end_chains()',
  );
  const answer = await ask('PATCH', `/hosts/${hostId}`, { bearer, body: { notes: 'x' } });
  await services.db.execute('drop function end_chains cascade');
  expect(answer.status).toBe(204);
  expect(await ask('GET', '/hosts', { bearer: nextTokenOf(answer)! })).toMatchObject({
    status: 401,
    body: { code: 'token.invalid' },
  });
});

test('an error costs no token and brings none', async () => {
  const bearer = await logIn(ask);
  for (const [method, path, status] of [
    ['GET', NOWHERE, 404],
    ['GET', '/hosts?limit=0', 400],
    ['GET', '/nowhere', 404],
    ['PUT', '/hosts', 405],
    ['GET', '/trpc/hosts.delete', 405],
    ['GET', '/trpc/hosts.obey', 404],
  ] as const) {
    const answer = await ask(method, path, { bearer });
    expect({ path, status: answer.status, next: nextTokenOf(answer) }).toEqual({ path, status, next: undefined });
  }
  expect(await services.db.select().from(spentTokens)).toEqual([]);
  expect((await ask('GET', '/hosts', { bearer })).status).toBe(200);
});

test('what needs nobody takes no token and brings none', async () => {
  const bearer = await logIn(ask);
  for (const path of ['/openapi.json', '/docs', '/crl.pem'])
    expect(nextTokenOf(await ask('GET', path, { bearer }))).toBeUndefined();
  expect(
    nextTokenOf(
      await ask('POST', '/login', { bearer, body: { userid: 'administrator@example.com', password: PASSWORD } }),
    ),
  ).toBeUndefined();
  expect((await ask('GET', '/hosts', { bearer })).status).toBe(200);
});

test('a second use is refused, ends the chain and is told once', async () => {
  const spent = await logIn(ask);
  const next = nextTokenOf(await ask('GET', '/hosts', { bearer: spent }))!;
  const other = await logIn(ask);

  expect(await ask('GET', '/hosts', { bearer: spent })).toMatchObject({ status: 401, body: { code: 'token.spent' } });
  expect(await ask('GET', '/hosts', { bearer: next })).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
  expect(await ask('GET', '/hosts', { bearer: spent })).toMatchObject({ status: 401 });
  expect((await ask('GET', '/hosts', { bearer: other })).status).toBe(200);
  expect(services.logged.filter(({ msg }) => msg === 'a spent token was used again; its chain has ended')).toHaveLength(
    1,
  );
});

test('of a hundred uses at once exactly one succeeds', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  const bearer = await logIn(ask);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask('PATCH', `/hosts/${hostId}`, { bearer, body: { notes: String(i) } })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  expect(statuses.filter((status) => status === 401)).toHaveLength(99);
  const host = await services.db.query.hosts.findFirst();
  expect(host!.notes).toBe(String(statuses.indexOf(204)));
});

test('of a hundred uses at once at most one succeeds, when those that are refused give the token back in between', async () => {
  const [hostId] = await seedHosts(services.db, [{}]);
  const bearer = await logIn(ask);
  const path = (i: number) => (i % 2 === 0 ? NOWHERE : `/hosts/${hostId}`);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask('PATCH', path(i), { bearer, body: { notes: String(i) } })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 204).length).toBeLessThanOrEqual(1);
  expect(statuses.filter((status) => ![204, 401, 404].includes(status))).toEqual([]);
  expect(await ask('GET', '/hosts', { bearer })).toMatchObject({ status: 401 });
});

test('a use while another is still under way ends the chain, though that other one is refused later', async () => {
  const bearer = await logIn(ask);
  const context = { ...services, address: '192.0.2.1' };
  const slow = await spendToken(context, bearer);
  await expect(spendToken(context, bearer)).rejects.toMatchObject({ appCode: 'token.spent' });
  await giveBackToken(context, slow);
  for (const token of [bearer, slow.next])
    await expect(spendToken(context, token)).rejects.toMatchObject({ appCode: 'token.invalid' });
});

test('the call that used a token first goes on when a second use ends the chain meanwhile, and not when somebody shuts its sender out', async () => {
  const context = { ...services, address: '192.0.2.1' };
  const raced = await spendToken(context, await logIn(ask));
  const bearer = await logIn(ask);
  const { session, next } = await spendToken(context, bearer);
  await expect(spendToken(context, bearer)).rejects.toMatchObject({ appCode: 'token.spent' });
  const invite = (email: string, by = session) =>
    callerFor(services, { listener: 'api', session: by }).users.invite({ email, name: '', role: 'viewer' });
  await invite('first@example.com');
  await expect(spendToken(context, next)).rejects.toMatchObject({ appCode: 'token.invalid' });

  await (await administratorOf(services, 'another@example.com')).users.signOutEverywhere({ userId });
  for (const by of [session, raced.session])
    await expect(invite('second@example.com', by)).rejects.toMatchObject({ appCode: 'auth.required' });
});

test('of a hundred at once in the database alone, too', async () => {
  const bearer = await logIn(ask);
  const context = { ...services, address: '192.0.2.1' };
  const uses = await Promise.allSettled(Array.from({ length: 100 }, () => spendToken(context, bearer)));
  expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('logging out ends the chain', async () => {
  const first = await logIn(ask);
  const answer = await ask('POST', '/logout', { bearer: first });
  expect(answer.status).toBe(204);
  expect(nextTokenOf(answer)).toBeUndefined();
  expect(await services.db.select().from(tokenChains)).toEqual([]);
  expect(await ask('GET', '/hosts', { bearer: first })).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
});

describe('with a moved clock', () => {
  const later = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS);
  const spendAt = (token: string, now: Date) => spendToken({ ...services, address: '192.0.2.1' }, token, now);

  test('a token works for nine minutes and not for eleven', async () => {
    const [early, late] = [await logIn(ask), await logIn(ask)];
    expect(await spendAt(early, later(9))).toMatchObject({ session: { via: 'token', user: { id: userId } } });
    await expect(spendAt(late, later(11))).rejects.toMatchObject({ appCode: 'token.expired' });
  });

  test('a spent token is remembered until it would have expired, and then forgotten with its chain', async () => {
    const token = await logIn(ask);
    await spendAt(token, later(0));
    await sweepExpired(services, later(9));
    await expect(spendAt(token, later(9))).rejects.toMatchObject({ appCode: 'token.spent' });
    const another = await logIn(ask);
    await spendAt(another, later(0));
    await sweepExpired(services, later(20));
    expect(await services.db.select().from(tokenChains)).toEqual([]);
    expect(await services.db.select().from(spentTokens)).toEqual([]);
  });

  test('of a chain that goes on for days, what has expired is forgotten', async () => {
    let token = await logIn(ask);
    // The first two were made now, the third in nine minutes.
    for (const minutes of [0, 9, 9]) ({ next: token } = await spendAt(token, later(minutes)));
    await sweepExpired(services, later(11));
    expect(await services.db.select().from(tokenChains)).toHaveLength(1);
    expect(await services.db.select().from(spentTokens)).toHaveLength(1);
    expect(await spendAt(token, later(11))).toMatchObject({ session: { via: 'token' } });
  });
});

describe('a person who is shut out', () => {
  test('deactivated: the tokens end at once', async () => {
    const admin = await personOf(services, 'administrator', 'another@example.com');
    const bearer = await logIn(ask);
    await admin.users.deactivate({ userId });
    expect(await ask('GET', '/hosts', { bearer })).toMatchObject({ status: 401, body: { code: 'token.invalid' } });
    expect(await services.db.select().from(tokenChains)).toEqual([]);
  });

  test('deactivated by whatever else wrote the row: likewise', async () => {
    const bearer = await logIn(ask);
    await services.db.update(users).set({ deactivatedAt: new Date() }).where(eq(users.id, userId));
    expect(await ask('GET', '/hosts', { bearer })).toMatchObject({ status: 401 });
  });

  test('demoted: the token may do what the role may now', async () => {
    const bearer = await logIn(ask);
    await services.db.update(users).set({ role: 'viewer' }).where(eq(users.id, userId));
    const [hostId] = await seedHosts(services.db, [{}]);
    expect(await ask('DELETE', `/hosts/${hostId}`, { bearer })).toMatchObject({
      status: 403,
      body: { code: 'auth.forbidden' },
    });
    expect((await ask('GET', '/hosts', { bearer })).status).toBe(200);
  });

  test('locked: 423, and says for how long', async () => {
    const guess = () => ask('POST', '/login', { body: { userid: 'administrator@example.com', password: 'wrong' } });
    for (let i = 0; i < 5; i++)
      expect(await guess()).toMatchObject({ status: 401, body: { code: 'auth.credentials' } });
    const locked = await guess();
    expect(locked).toMatchObject({ status: 423, body: { code: 'auth.locked' } });
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(14 * 60);
    expect((locked.body as { message: string }).message).toContain('15 minutes');
  });
});

test('the database and the log hold no token', async () => {
  const bearer = await logIn(ask);
  const next = nextTokenOf(await ask('GET', '/hosts', { bearer }))!;
  const rows = [await services.db.select().from(tokenChains), await services.db.select().from(spentTokens)];
  const kept = JSON.stringify([rows, services.logged]);
  for (const token of [bearer, next]) for (const part of token.split('.').slice(1)) expect(kept).not.toContain(part);
});
