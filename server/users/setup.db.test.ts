import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { setupTokens, users } from '../../db/schema';
import { isPasswordOf } from '../auth/password';
import { ConfigError } from '../config';
import { callerFor, strangerOf, testServices } from '../testing';
import { ensureConfiguredAdministrator, openSetup } from './setup';

const password = 'correct horse battery';
const asked = { email: 'First@Example.com', password };
const closed = { appCode: 'setup.closed' };
/** Of this installation. */
const KEY = Buffer.alloc(32, 1);

test('the link makes the first administrator and signs them in', async () => {
  const services = await testServices();
  const token = (await openSetup(services.db, KEY))!;
  const cookies: string[] = [];
  const visitor = callerFor(services, { setCookie: (cookie) => cookies.push(cookie) });

  expect(await visitor.users.setupOpen({ token })).toBe(true);
  await visitor.users.setup({ token, ...asked });

  const [user, ...others] = await services.db.select().from(users);
  expect(others).toEqual([]);
  expect(user).toMatchObject({
    email: 'First@Example.com',
    role: 'administrator',
    passwordHash: expect.stringMatching(/^\$argon2id\$/),
  });
  expect(await isPasswordOf(user!.passwordHash, password)).toBe(true);
  // The session, and what this browser is known by from then on.
  expect(cookies).toHaveLength(2);
  const session = await services.sessions.find(cookies[0]!.split(';')[0]);
  expect(session?.user).toMatchObject({ id: user!.id, email: 'First@Example.com', role: 'administrator' });
});

test('the link works once, also for two who use it at the same moment', async () => {
  const services = await testServices();
  const token = (await openSetup(services.db, KEY))!;
  const use = (email: string) => callerFor(services).users.setup({ token, email, password });

  const outcomes = await Promise.allSettled([use('one@example.com'), use('other@example.com')]);

  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: closed });
  expect(await services.db.select().from(users)).toHaveLength(1);
  await expect(use('third@example.com')).rejects.toMatchObject(closed);
});

test('another token opens nothing, nor does what the database holds', async () => {
  const services = await testServices();
  const visitor = callerFor(services);
  const token = (await openSetup(services.db, KEY))!;
  const [kept] = await services.db.select().from(setupTokens);
  expect(kept!.hash).toBe(createHash('sha256').update(token).digest('hex'));

  for (const wrong of [kept!.hash, `${token} `, token.slice(1), 'x', '\0', '%', "' or true --"]) {
    expect(await visitor.users.setupOpen({ token: wrong })).toBe(false);
    await expect(visitor.users.setup({ token: wrong, ...asked })).rejects.toMatchObject(closed);
  }
  await expect(visitor.users.setup({ token: '', ...asked })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(await services.db.select().from(users)).toEqual([]);
  expect(await visitor.users.setupOpen({ token })).toBe(true);
});

test('once there is an administrator the setup is gone for good, whatever token turns up', async () => {
  const services = await testServices();
  const visitor = callerFor(services);
  const token = (await openSetup(services.db, KEY))!;
  await visitor.users.setup({ token, ...asked });

  expect(await openSetup(services.db, KEY)).toBeNull();
  // As if a token had been left behind by a crash.
  await services.db.insert(setupTokens).values({ hash: createHash('sha256').update(token).digest('hex') });

  expect(await visitor.users.setupOpen({ token })).toBe(false);
  await expect(visitor.users.setup({ token, ...asked, email: 'second@example.com' })).rejects.toMatchObject(closed);
  expect(await services.db.select().from(users)).toHaveLength(1);
});

test('a restart makes a new link, and the old one dies', async () => {
  const services = await testServices();
  const visitor = callerFor(services);
  const lost = (await openSetup(services.db, KEY))!;
  const token = (await openSetup(services.db, KEY, Date.now() + 3 * 60_000))!;

  expect(token).not.toBe(lost);
  expect(await visitor.users.setupOpen({ token: lost })).toBe(false);
  await expect(visitor.users.setup({ token: lost, ...asked })).rejects.toMatchObject(closed);
  expect(await visitor.users.setupOpen({ token })).toBe(true);
  expect(await services.db.select().from(setupTokens)).toHaveLength(1);
});

test('processes that start at once have one link, also when the minute changes between them', async () => {
  const services = await testServices();
  const times = [59_990, 59_995, 60_000, 60_005, 60_010];
  const tokens = await Promise.all(times.map((time) => openSetup(services.db, KEY, time)));
  expect(new Set(tokens).size).toBe(1);
  expect(await callerFor(services).users.setupOpen({ token: tokens[0]! })).toBe(true);
  expect(await openSetup(services.db, Buffer.alloc(32, 2), 60_010)).not.toBe(tokens[0]);
  expect(await services.db.select().from(setupTokens)).toHaveLength(1);
});

test('so have they when the one whose minute is the later was first', async () => {
  const services = await testServices();
  const token = await openSetup(services.db, KEY, 60_000);
  expect(await openSetup(services.db, KEY, 59_990)).toBe(token);
});

test('a refused form leaves the link open', async () => {
  const services = await testServices();
  const visitor = callerFor(services);
  const token = (await openSetup(services.db, KEY))!;

  for (const common of ['password1234', 'first@example.com']) {
    await expect(visitor.users.setup({ token, ...asked, password: common })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  }
  for (const wrong of [
    { password: 'eleven char' },
    { password: 'x'.repeat(257) },
    { email: 'nobody' },
    { email: `${'x'.repeat(250)}@example.com` },
  ]) {
    await expect(visitor.users.setup({ token, ...asked, ...wrong })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
  expect(await visitor.users.setupOpen({ token })).toBe(true);
});

test('machines’ listener does not know of it', async () => {
  const services = await testServices();
  const token = (await openSetup(services.db, KEY))!;
  await expect(strangerOf(services).users.setup({ token, ...asked })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  await expect(strangerOf(services).users.setupOpen({ token })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
});

test('no secret of the setup reaches the log', async () => {
  const services = await testServices();
  const token = (await openSetup(services.db, KEY))!;
  await callerFor(services).users.setup({ token, ...asked });
  const log = JSON.stringify(services.logged);
  expect(log).toContain('first administrator created');
  for (const secret of [token, password, 'argon2']) expect(log).not.toContain(secret);
});

test('no weak password comes by the configuration either, and none is shown', async () => {
  const services = await testServices();
  const email = 'somebody.long@example.com';
  for (const [weak, why] of [
    ['Password1234', 'guessed'],
    [email, 'e-mail'],
    ['somebody.long', 'e-mail'],
  ] as const) {
    const refusal = await ensureConfiguredAdministrator(services, { email, password: weak }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(ConfigError);
    const { mistakes, message } = refusal as ConfigError;
    expect(mistakes).toEqual([
      expect.stringMatching(new RegExp(`^admin\\.password \\(SYSMANAGE_ADMIN_PASSWORD\\): .*${why}`)),
    ]);
    expect(message).not.toContain(weak);
  }
  expect(await services.db.select().from(users)).toEqual([]);
});

test('the administrator of the configuration is made once, and never written over', async () => {
  const services = await testServices();
  const lost = (await openSetup(services.db, KEY))!;
  const configured = { email: 'admin@example.com', password };

  const outcomes = await Promise.all([1, 2, 3].map(() => ensureConfiguredAdministrator(services, configured)));
  expect(outcomes.sort()).toEqual([false, false, true]);
  const [made] = await services.db.select().from(users);

  expect(await ensureConfiguredAdministrator(services, { ...configured, password: 'another password' })).toBe(false);
  expect(await ensureConfiguredAdministrator(services, { email: 'other@example.com', password })).toBe(false);

  expect(await services.db.select().from(users)).toEqual([made]);
  expect(await isPasswordOf(made!.passwordHash, password)).toBe(true);
  expect(await callerFor(services).users.setupOpen({ token: lost })).toBe(false);
});
