import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sessions, users } from '../../db/schema';
import { testServices } from '../testing';
import { createSessions } from './session';

const DAY_MS = 24 * 60 * 60 * 1000;

async function startSession(environment?: Record<string, string>) {
  const services = await testServices(environment);
  const [user] = await services.db
    .insert(users)
    .values({ email: 'admin@example.com', passwordHash: '-', role: 'administrator' })
    .returning();
  const header = await services.sessions.start(user!.id);
  return { ...services, header, cookie: header.split(';')[0]! };
}

/** `Name=value` of each attribute, or the bare name. */
const attributesOf = (header: string) => header.split('; ').slice(1);

test('scripts cannot read the cookie, and foreign pages cannot send it along with a change', async () => {
  const { header } = await startSession();
  expect(header).toMatch(/^sysmanage-3000=/);
  expect(attributesOf(header)).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
  expect(attributesOf(header)).not.toContain('Secure'); // a browser would not send it to plain http
});

test('over HTTPS it travels over HTTPS only, and is bound to this very host', async () => {
  const { header } = await startSession({ SYSMANAGE_TLS_CERT: 'web.crt', SYSMANAGE_TLS_KEY: 'web.key' });
  expect(header).toMatch(/^__Host-sysmanage-7443=/);
  expect(attributesOf(header)).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/', 'Secure']));
  expect(header).not.toMatch(/Domain/i); // `__Host-` forbids it
});

test('two servers on one host do not sign each other out', async () => {
  const { db, cookie, sessions: here } = await startSession();
  const there = createSessions(db, { secure: false, name: '3001' });
  expect(await there.find(cookie)).toBeNull();
  expect(await here.find(`sysmanage-3001=x; ${cookie}`)).not.toBeNull();
});

test('an expired session is none, and is gone', async () => {
  const services = await startSession();
  await services.db.update(sessions).set({ expiresAt: new Date(Date.now() - 1) });
  expect(await services.sessions.find(services.cookie)).toBeNull();
  expect(await services.db.select().from(sessions)).toEqual([]);
});

test('use prolongs it', async () => {
  const services = await startSession();
  await services.db.update(sessions).set({ expiresAt: new Date(Date.now() + DAY_MS) });
  expect(await services.sessions.find(services.cookie)).not.toBeNull();
  const [row] = await services.db.select().from(sessions);
  expect(row!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 13 * DAY_MS);
});

test('it does not outlive its user', async () => {
  const services = await startSession();
  await services.db.delete(users).where(eq(users.email, 'admin@example.com'));
  expect(await services.sessions.find(services.cookie)).toBeNull();
});

test('what is not our cookie is nobody', async () => {
  const { sessions: here, cookie } = await startSession();
  const secret = cookie.split('=')[1]!;
  for (const header of [
    undefined,
    '',
    'sysmanage-3000',
    'sysmanage-3000=',
    'sysmanage-3000=\0',
    `other=${secret}`,
    `${cookie}x`,
    ';;;=',
  ]) {
    expect(await here.find(header)).toBeNull();
  }
});

test('another program’s broken cookie on the same host locks nobody out', async () => {
  const { sessions: here, cookie } = await startSession();
  for (const foreign of ['progress=100%', '%=x', 'x=%E0%A4%A', '=', 'a=b=c']) {
    expect(await here.find(`${foreign}; ${cookie}`)).not.toBeNull();
    expect(await here.find(`${cookie}; ${foreign}`)).not.toBeNull();
  }
});
