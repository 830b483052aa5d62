import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditRecords, sessions, users } from '../../db/schema';
import { EVERY } from '../events';
import { hashPassword } from './password';
import { callerFor, testServices } from '../testing';

const email = 'Admin@Example.com';
const password = 'correct horse battery';
const refused = { appCode: 'auth.credentials', code: 'UNAUTHORIZED', message: 'auth.credentials' };

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
  await services.db.insert(users).values({ email, passwordHash: await hashPassword(password), role: 'administrator' });
});

/** A browser as it is after requests: who it is to the server, and the cookies it was given. */
async function browserWith(cookie?: string) {
  const cookies: string[] = [];
  const session = await services.sessions.find(cookie);
  return { api: callerFor(services, { session, setCookie: (made) => cookies.push(made) }), session, cookies };
}

/** Signs in and returns the Cookie header that the browser sends from then on. */
async function signedIn(): Promise<string> {
  const browser = await browserWith();
  await browser.api.users.signIn({ email, password });
  return browser.cookies[0]!.split(';')[0]!;
}

test('the right password signs in', async () => {
  const browser = await browserWith(await signedIn());
  expect(await browser.api.users.me()).toMatchObject({ email, role: 'administrator' });
  expect(await (await browserWith()).api.users.me()).toBeNull();
});

test('it is kept when somebody last signed in, and not when they only tried', async () => {
  const lastSignIn = async () => (await services.db.query.users.findFirst())!.lastSignInAt;
  const before = Date.now();
  await expect((await browserWith()).api.users.signIn({ email, password: 'wrong' })).rejects.toMatchObject(refused);
  expect(await lastSignIn()).toBeNull();
  await signedIn();
  expect((await lastSignIn())!.getTime()).toBeGreaterThanOrEqual(before);
});

test('who is unknown and who mistypes are told the same', async () => {
  const browser = await browserWith();
  for (const attempt of [
    { email: 'nobody@example.com', password },
    { email, password: `${password}!` },
    { email, password: '' },
    { email: '', password },
  ]) {
    await expect(browser.api.users.signIn(attempt)).rejects.toMatchObject(refused);
  }
  expect(browser.cookies).toEqual([]);
  expect(await services.db.select().from(sessions)).toEqual([]);
});

test('the e-mail counts in any case, but not as a pattern', async () => {
  await (await browserWith()).api.users.signIn({ email: 'aDMIN@eXAMPLE.COM', password });
  for (const pattern of ['%', 'admin_example.com', "' or true --"]) {
    await expect((await browserWith()).api.users.signIn({ email: pattern, password })).rejects.toMatchObject(refused);
  }
});

test('a password counts however the keyboard writes its letters', async () => {
  await services.db
    .insert(users)
    .values({ email: 'rene@example.com', passwordHash: await hashPassword('René ist schon da'), role: 'viewer' });
  const browser = await browserWith();
  await browser.api.users.signIn({ email: 'rene@example.com', password: 'Rene\u0301 ist schon da' });
  expect(await services.sessions.find(browser.cookies[0])).not.toBeNull();
});

test('what no database can hold is refused, not a failure of ours', async () => {
  const attempt = (await browserWith()).api.users.signIn({ email: 'admin@example.com\0', password });
  await expect(attempt).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('the session that was there before sign-in is worth nothing after it', async () => {
  const planted = await signedIn();
  const ended: string[] = [];
  services.events.listen('session.ended', EVERY, ({ sessionId }) => ended.push(sessionId));
  const browser = await browserWith(planted);

  await browser.api.users.signIn({ email, password });

  const cookie = browser.cookies[0]!.split(';')[0]!;
  expect(cookie).not.toBe(planted);
  expect(await services.sessions.find(planted)).toBeNull();
  expect(await services.sessions.find(cookie)).not.toBeNull();
  expect(ended).toEqual([browser.session!.id]);
});

test('a wrong password leaves the session that is there alone', async () => {
  const cookie = await signedIn();
  await expect((await browserWith(cookie)).api.users.signIn({ email, password: 'wrong' })).rejects.toMatchObject(
    refused,
  );
  expect(await services.sessions.find(cookie)).not.toBeNull();
});

test('the database holds only the hash of the cookie', async () => {
  const secret = (await signedIn()).split('=')[1]!;
  const rows = await services.db.select().from(sessions);
  expect(secret).toMatch(/^[a-z0-9]{40}$/);
  expect(rows).toMatchObject([{ id: createHash('sha256').update(secret).digest('hex') }]);
  expect(JSON.stringify([rows, services.logged])).not.toContain(secret);
});

test('signing out ends the session, its cookie and its streams, and no other session', async () => {
  const [cookie, elsewhere] = [await signedIn(), await signedIn()];
  const ended: string[] = [];
  services.events.listen('session.ended', EVERY, ({ sessionId }) => ended.push(sessionId));
  const browser = await browserWith(cookie);

  await browser.api.users.signOut();

  expect(await services.sessions.find(cookie)).toBeNull();
  expect(await services.sessions.find(elsewhere)).not.toBeNull();
  expect(browser.cookies).toEqual([expect.stringMatching(/^sysmanage-3000=; .*Max-Age=0/)]);
  expect(ended).toEqual([browser.session!.id]);
});

test('signing out without a session is nothing', async () => {
  const browser = await browserWith();
  await browser.api.users.signOut();
  expect(browser.cookies).toEqual([]);
});

describe('when the end of a session cannot be written down', () => {
  const broken = { message: expect.stringContaining('audit_pending') };
  const failToRecord = async <T>(act: () => Promise<T>) => {
    await services.db.execute('alter table audit_pending rename to hidden');
    try {
      return await act();
    } finally {
      await services.db.execute('alter table hidden rename to audit_pending');
    }
  };

  test.each(['signing out', 'signing in anew'])('%s ends none and announces none', async (act) => {
    const cookie = await signedIn();
    const ended: string[] = [];
    services.events.listen('session.ended', EVERY, ({ sessionId }) => ended.push(sessionId));
    const { api, cookies } = await browserWith(cookie);
    await expect(
      failToRecord(() => (act === 'signing out' ? api.users.signOut() : api.users.signIn({ email, password }))),
    ).rejects.toMatchObject({ cause: broken });
    expect(await services.sessions.find(cookie)).not.toBeNull();
    expect(await services.db.select().from(sessions)).toHaveLength(1);
    expect([ended, cookies]).toEqual([[], []]);
  });

  test('by the session itself staying: it stays recorded as signed in', async () => {
    const browser = await browserWith(await signedIn());
    await services.db.execute('alter table session rename to hidden');
    await expect(browser.api.users.signOut()).rejects.toThrow();
    await services.db.execute('alter table hidden rename to session');
    await services.audit.seal();
    expect((await services.db.select().from(auditRecords)).map(({ action }) => action)).toEqual(['user.signIn']);
  });
});
