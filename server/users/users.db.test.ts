import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { and, eq, ne } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditRecords, roleGrants, sessions, userLinks, users } from '../../db/schema';
import { sweepExpired } from '../auth/sweep-expired';
import { hashPassword } from '../auth/password';
import { type Permission, PERMISSIONS, permissionsOf, type Role } from '../auth/permissions';
import { createContext } from '../context';
import type { AppError } from '../errors';
import { EVERY } from '../events';
import { appRouter } from '../router';
import { administratorOf, browserOf, callerFor, personOf, sessionOf, strangerOf, testServices } from '../testing';
import { refuseWider } from './hold-user';
import { useLink } from './use-link';

const password = 'correct horse battery';
const DAY_MS = 24 * 60 * 60 * 1000;
const NOBODY = '01890000-0000-7000-8000-000000000000';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
type Caller = ReturnType<typeof callerFor>;
/** Sessions whose streams were told to end. */
let ended: string[];

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  ended = [];
  services.events.listen('session.ended', EVERY, ({ sessionId }) => ended.push(sessionId));
});

const invited = { email: 'New@Example.com', name: 'New Person', role: 'operator' as const };

/** A user who has a password, and how many sessions. */
async function seedUser(email: string, role: 'viewer' | 'administrator' = 'viewer', signedIn = 0) {
  const [user] = await services.db
    .insert(users)
    .values({ email, role, passwordHash: await hashPassword(password) })
    .returning();
  const cookies = [];
  for (let i = 0; i < signedIn; i++)
    cookies.push(
      (await services.sessions.start(user!.id, { address: `192.0.2.${i}`, userAgent: 'a browser' })).split(';')[0]!,
    );
  return { userId: user!.id, email, cookies };
}

/** Signs in as a browser does; returns its cookies and what it is told. */
async function visit(cookie?: string) {
  const cookies: string[] = [];
  const session = await services.sessions.find(cookie);
  return {
    cookies,
    session,
    api: callerFor(services, { session, setCookie: (made) => cookies.push(made.split(';')[0]!) }),
  };
}

describe('who may less than all', () => {
  /** Each act on people: on one who may no more than the actor, and on an administrator. */
  const ACTS: Record<string, (api: Caller, userId: string, role: Role) => Promise<unknown>> = {
    invite: (api, _, role) => api.users.invite({ email: `new-${role}@example.com`, name: '', role }),
    update: (api, userId, role) => api.users.update({ userId, email: `moved-${role}@example.com` }),
    deactivate: (api, userId) => api.users.deactivate({ userId }),
    activate: (api, userId) => api.users.activate({ userId }),
    unlock: (api, userId) => api.users.unlock({ userId }),
    renewLink: (api, userId) => api.users.renewLink({ userId }),
    signOutEverywhere: (api, userId) => api.users.signOutEverywhere({ userId }),
    delete: (api, userId) => api.users.delete({ userId }),
    giveFleetRole: async (api, userId, role) =>
      api.users.giveFleetRole({ userId, fleetId: await fleet(), role: role === 'viewer' ? role : 'operator' }),
    takeFleetRole: async (api, userId) => {
      const fleetId = await fleet();
      await services.db.insert(roleGrants).values({ userId, fleetId, role: 'operator' });
      await api.users.takeFleetRole({ userId, fleetId });
    },
  };
  const fleet = async () =>
    (await admin.fleets.list({})).fleets[0]?.id ?? (await admin.fleets.create({ name: 'Shop' })).id;
  /** They end access, and whoever may manage people may do that to anybody. */
  const ENDING = ['deactivate', 'signOutEverywhere', 'delete', 'takeFleetRole'];
  const acts = Object.keys(ACTS);

  /** An API key that names these permissions, as a script calls with it. */
  async function scriptWith(permissions: Permission[]) {
    const { key } = await admin.apiKeys.create({ name: 'people', permissions, days: 1 });
    return { key, api: callerFor(services, { listener: 'api', bearer: key }) };
  }

  test('every act on people is here', () => {
    const all = Object.keys(appRouter._def.procedures)
      .filter((path) => path.startsWith('users.'))
      .map((path) => path.slice('users.'.length));
    const others = [
      'list',
      'export',
      'byId',
      'setup',
      'setupOpen',
      'signIn',
      'signOut',
      'me',
      'link',
      'useLink',
      'onFleet',
    ];
    expect(all.filter((name) => !others.includes(name)).sort()).toEqual([...acts].sort());
  });

  test.each(acts)('%s: a key makes and opens no access that is wider than its own', async (act) => {
    const { api } = await scriptWith(['users.manage', ...permissionsOf('viewer')]);
    for (const role of ['viewer', 'operator', 'administrator'] as const) {
      // Whoever is activated is deactivated before.
      const [user] = await services.db
        .insert(users)
        .values({
          email: `${role}-of-keys@example.com`,
          role,
          passwordHash: '-',
          ...(act === 'activate' && { deactivatedAt: new Date() }),
        })
        .returning();
      const before = await services.db.select().from(users).orderBy(users.id);
      const links = await services.db.select().from(userLinks);
      const outcome = ACTS[act]!(api, user!.id, role);
      if (role === 'viewer' || ENDING.includes(act)) await outcome;
      else {
        await expect(outcome, role).rejects.toMatchObject({ appCode: 'key.too_wide', code: 'FORBIDDEN' });
        expect(await services.db.select().from(users).orderBy(users.id)).toEqual(before);
        expect(await services.db.select().from(userLinks)).toEqual(links);
      }
    }
  });

  test('a key gives no role that is wider, and takes any away', async () => {
    const { api } = await scriptWith(['users.manage', ...permissionsOf('viewer')]);
    const { userId } = await seedUser('somebody@example.com');
    for (const role of ['operator', 'administrator'] as const)
      await expect(api.users.update({ userId, role })).rejects.toMatchObject({ appCode: 'key.too_wide' });
    await seedUser('other-admin@example.com', 'administrator');
    const { userId: demoted } = await seedUser('demoted@example.com', 'administrator');
    await api.users.update({ userId: demoted, name: 'No more', role: 'viewer' });
    expect((await admin.users.byId({ userId: demoted })).user).toMatchObject({ role: 'viewer', name: 'No more' });
  });

  test('nor has its owner’s password set by a link; one that names everything may', async () => {
    const owner = (await admin.users.me())!;
    const { api } = await scriptWith(['users.manage', 'users.read']);
    await expect(api.users.renewLink({ userId: owner.id })).rejects.toMatchObject({ appCode: 'key.too_wide' });
    const whole = await scriptWith(PERMISSIONS);
    expect(await whole.api.users.renewLink({ userId: owner.id })).toMatchObject({ purpose: 'reset' });
  });

  test('the same of a role: what the session of now has counts, not what it had', async () => {
    const session = sessionOf({ id: (await admin.users.me())!.id, role: 'operator' });
    const ctx = {
      ...createContext(services, 'web', new IncomingMessage(new Socket())),
      session: { ...session, id: 'nobody’s' },
    };
    await services.db.transaction(async (tx) => {
      await expect(refuseWider(tx, ctx, 'viewer')).rejects.toMatchObject({ appCode: 'key.too_wide' });
    });
    const operator = await personOf(services, 'operator');
    const [row] = await services.db
      .select()
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(users.email, 'operator@example.com'));
    const theirs = {
      ...ctx,
      session: { ...session, id: row!.session.id, user: { ...session.user, id: row!.user.id } },
    };
    await services.db.transaction(async (tx) => {
      await refuseWider(tx, theirs, 'viewer', 'operator');
      await expect(refuseWider(tx, theirs, 'viewer', 'administrator')).rejects.toMatchObject({
        appCode: 'key.too_wide',
      });
    });
    await expect(operator.users.invite(invited)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  });
});

describe('an invitation', () => {
  test('is accepted once: a name, a password, and in', async () => {
    const { userId, link } = await admin.users.invite(invited);
    expect((await admin.users.byId({ userId })).user).toMatchObject({
      email: 'New@Example.com',
      state: 'invited',
      role: 'operator',
      lastSignInAt: null,
    });
    const visitor = await visit();
    expect(await visitor.api.users.link({ token: link.token })).toMatchObject({
      email: 'New@Example.com',
      name: 'New Person',
      purpose: 'invitation',
    });

    await visitor.api.users.useLink({ token: link.token, password, name: 'Another Name' });

    expect((await visit(visitor.cookies[0])).session?.user).toMatchObject({
      id: userId,
      name: 'Another Name',
      role: 'operator',
    });
    expect((await admin.users.byId({ userId })).user).toMatchObject({
      state: 'active',
      lastSignInAt: expect.any(String),
    });
    await expect(visitor.api.users.useLink({ token: link.token, password })).rejects.toMatchObject({
      appCode: 'link.closed',
    });
    await expect(visitor.api.users.link({ token: link.token })).rejects.toMatchObject({ appCode: 'link.closed' });
  });

  test('of two who use it at once one gets in', async () => {
    const { link } = await admin.users.invite(invited);
    const use = () => callerFor(services).users.useLink({ token: link.token, password });
    const outcomes = await Promise.allSettled([use(), use(), use()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  test('is dead after seven days, after a newer one, and for what the database holds', async () => {
    const { userId, link } = await admin.users.invite(invited);
    const [row] = await services.db.select().from(userLinks);
    expect(JSON.stringify(row)).not.toContain(link.token);
    const visitor = callerFor(services);
    for (const token of [row!.hash, `${link.token}x`, '%', '\0']) {
      await expect(visitor.users.link({ token })).rejects.toMatchObject({ appCode: 'link.closed' });
    }
    const context = { ...services, session: null } as unknown as Parameters<typeof useLink>[0];
    const late = new Date(Date.parse(link.expiresAt) + 1);
    expect(Date.parse(link.expiresAt) - Date.now()).toBeGreaterThan(6.9 * DAY_MS);
    await expect(useLink(context, { token: link.token, password }, late)).rejects.toMatchObject({
      appCode: 'link.closed',
    });
    const newer = await admin.users.renewLink({ userId });
    await expect(visitor.users.link({ token: link.token })).rejects.toMatchObject({ appCode: 'link.closed' });
    expect(newer.purpose).toBe('invitation');
    expect(await visitor.users.link({ token: newer.token })).toMatchObject({ purpose: 'invitation' });
    expect(JSON.stringify(services.logged)).not.toContain(newer.token);
  });

  test('a weak password leaves it open', async () => {
    const { link } = await admin.users.invite(invited);
    const visitor = callerFor(services);
    await expect(visitor.users.useLink({ token: link.token, password: 'password1234' })).rejects.toMatchObject({
      appCode: 'password.common',
    });
    await expect(visitor.users.useLink({ token: link.token, password: 'new@example.com' })).rejects.toMatchObject({
      appCode: 'password.is_email',
    });
    await visitor.users.useLink({ token: link.token, password });
  });

  test('is dead when the e-mail turns out to be another’s, and a new one is made for them', async () => {
    const { userId, link } = await admin.users.invite(invited);
    const visitor = callerFor(services);
    await admin.users.update({ userId, name: 'Same Person', email: 'NEW@example.com' });
    expect(await visitor.users.link({ token: link.token })).toMatchObject({ email: 'NEW@example.com' });
    await admin.users.update({ userId, email: 'right@example.com' });
    await expect(visitor.users.useLink({ token: link.token, password })).rejects.toMatchObject({
      appCode: 'link.closed',
    });
    expect(await admin.users.byId({ userId })).toMatchObject({ linkExpiresAt: null });
    const { token } = await admin.users.renewLink({ userId });
    await visitor.users.useLink({ token, password });
  });

  test('that is dead for another e-mail is counted in the record of the change, with those that its owner had made', async () => {
    const { userId } = await seedUser('boss@example.com', 'administrator');
    await (await browserOf(services, userId)).users.invite(invited);
    await admin.users.renewLink({ userId });
    await admin.users.update({ userId, name: 'Boss' });
    await admin.users.update({ userId, email: 'former@example.com', role: 'viewer' });
    await admin.users.update({ userId, email: 'another@example.com' });
    const counted = (await changesOf(userId)).map(({ after }) => (after as { linksEnded?: number }).linksEnded);
    expect(counted).toEqual([undefined, 2, undefined]);
  });

  test('goes to no e-mail that only looks like another’s', async () => {
    for (const email of [
      'n\u0435w@example.com',
      'new@ex\u0430mple.com',
      'ne\uff57@example.com',
      'new\u200b@example.com',
      'n\u0065\u0301w@example.com',
    ]) {
      await expect(admin.users.invite({ ...invited, email }), email).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      const me = (await admin.users.list({})).users[0]!;
      await expect(admin.users.update({ userId: me.id, email }), email).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });

  test('an e-mail is one person’s, in any case', async () => {
    await admin.users.invite(invited);
    await expect(admin.users.invite({ ...invited, email: 'NEW@example.com' })).rejects.toMatchObject({
      appCode: 'user.email_taken',
      code: 'CONFLICT',
    });
  });
});

test('a reset: the old password holds until the link is used, then it and every session are gone', async () => {
  const { userId, email, cookies } = await seedUser('forgot@example.com', 'viewer', 2);
  const link = await admin.users.renewLink({ userId });
  expect(link.purpose).toBe('reset');
  await (await visit()).api.users.signIn({ email, password });
  for (let i = 0; i < 5; i++)
    await expect(callerFor(services).users.signIn({ email, password: 'wrong' })).rejects.toMatchObject({
      appCode: 'auth.credentials',
    });

  const visitor = await visit();
  await visitor.api.users.useLink({ token: link.token, password: 'another horse battery' });

  for (const cookie of cookies) expect(await services.sessions.find(cookie)).toBeNull();
  expect(ended).toHaveLength(3);
  expect(await services.sessions.find(visitor.cookies[0])).not.toBeNull();
  await expect(callerFor(services).users.signIn({ email, password })).rejects.toMatchObject({
    appCode: 'auth.credentials',
  });
  await callerFor(services).users.signIn({ email, password: 'another horse battery' });
});

describe('deactivating', () => {
  test('ends sessions and streams at once, and every way in', async () => {
    const { userId, email, cookies } = await seedUser('leaver@example.com', 'viewer', 2);
    const { token } = await admin.users.renewLink({ userId });
    const open = await Promise.all(cookies.map(visit));

    await admin.users.deactivate({ userId });

    expect(ended.sort()).toEqual(open.map(({ session }) => session!.id).sort());
    for (const cookie of cookies) expect(await services.sessions.find(cookie)).toBeNull();
    await expect(callerFor(services).users.signIn({ email, password })).rejects.toMatchObject({
      appCode: 'auth.credentials',
    });
    await expect(callerFor(services).users.useLink({ token, password })).rejects.toMatchObject({
      appCode: 'link.closed',
    });
    await expect(admin.users.renewLink({ userId })).rejects.toMatchObject({ appCode: 'user.deactivated' });
    await expect(admin.users.deactivate({ userId })).rejects.toMatchObject({ appCode: 'user.deactivated' });
    expect((await admin.users.byId({ userId })).user.state).toBe('deactivated');

    await admin.users.activate({ userId });
    await expect(admin.users.activate({ userId })).rejects.toMatchObject({ appCode: 'user.not_deactivated' });
    for (const cookie of cookies) expect(await services.sessions.find(cookie)).toBeNull();
    await callerFor(services).users.signIn({ email, password });
  });

  test('while somebody signs in leaves no session behind', async () => {
    for (let round = 0; round < 5; round++) {
      const { userId, email } = await seedUser(`racer-${round}@example.com`);
      const browser = await visit();
      await Promise.allSettled([browser.api.users.signIn({ email, password }), admin.users.deactivate({ userId })]);
      expect(await services.db.select().from(sessions).where(eq(sessions.userId, userId))).toEqual([]);
      expect((await admin.users.byId({ userId })).user.state).toBe('deactivated');
    }
  });
});

test('deleting ends sessions, streams, tokens and API keys at once', async () => {
  const { userId, email, cookies } = await seedUser('leaver@example.com', 'viewer', 1);
  const { session, api } = await visit(cookies[0]);
  const { token } = await strangerOf(services).tokens.login({ userid: email, password });
  const { key } = await api.apiKeys.create({ name: 'backup', permissions: ['hosts.read'] });
  const byKey = callerFor(services, { listener: 'api', bearer: key });
  await byKey.hosts.counts();
  await admin.users.delete({ userId });
  expect(ended).toEqual([session!.id]);
  expect(await services.sessions.find(cookies[0])).toBeNull();
  await expect(callerFor(services, { listener: 'api', bearer: token }).hosts.counts()).rejects.toMatchObject({
    appCode: 'token.invalid',
  });
  await expect(byKey.hosts.counts()).rejects.toMatchObject({ appCode: 'key.invalid' });
  await expect(admin.users.byId({ userId })).rejects.toMatchObject({ appCode: 'user.not_found' });
  await expect(admin.users.delete({ userId })).rejects.toMatchObject({ appCode: 'user.not_found' });
});

describe('the last active administrator', () => {
  const last = { appCode: 'user.last_administrator', code: 'CONFLICT' };

  test('stays, whoever is invited, deactivated or less', async () => {
    const me = (await admin.users.list({})).users[0]!;
    await seedUser('viewer@example.com');
    await admin.users.invite({ ...invited, role: 'administrator' });
    const other = await seedUser('other@example.com', 'administrator');
    await admin.users.deactivate({ userId: other.userId });
    const acts = [
      () => admin.users.deactivate({ userId: me.id }),
      () => admin.users.delete({ userId: me.id }),
      () => admin.users.update({ userId: me.id, email: me.email, name: '', role: 'operator' }),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject(last);
    await admin.users.update({ userId: me.id, email: me.email, name: 'New name', role: 'administrator' });
    await admin.users.activate({ userId: other.userId });
    await admin.users.delete({ userId: me.id });
  });

  test('two who take it from each other at once: one stays', async () => {
    for (let round = 0; round < 15; round++) {
      const other = await seedUser(`other-${round}@example.com`, 'administrator');
      const [left] = await services.db
        .select()
        .from(users)
        .where(and(eq(users.role, 'administrator'), ne(users.id, other.userId)))
        .limit(1);
      const [one, two] = await Promise.all(
        [left!.id, other.userId].map(async (userId) => ({ userId, act: (await browserOf(services, userId)).users })),
      );
      const demoted = { role: 'viewer' as const };
      const acts = [
        () => [
          one!.act.update({ userId: two!.userId, ...demoted }),
          two!.act.update({ userId: one!.userId, ...demoted }),
        ],
        () => [one!.act.deactivate({ userId: two!.userId }), two!.act.deactivate({ userId: one!.userId })],
        () => [one!.act.delete({ userId: two!.userId }), two!.act.update({ userId: one!.userId, ...demoted })],
      ];
      const outcomes = await Promise.allSettled(acts[round % 3]!());
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      // Who came second may no longer act at all.
      const { reason } = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      expect((reason as AppError).appCode).toMatch(/^auth\.(required|forbidden)$/);
      const active = await services.db.select().from(users).where(eq(users.role, 'administrator'));
      expect(active.filter(({ deactivatedAt }) => !deactivatedAt)).toHaveLength(1);
      // Whoever was deactivated and kept the role must not be met as the first in the next round.
      for (const { id, deactivatedAt } of active)
        if (deactivatedAt) await services.db.delete(users).where(eq(users.id, id));
    }
  });
});

test('a role counts from the next request on, and open pages are told to ask again', async () => {
  const { userId, email, cookies } = await seedUser('viewer@example.com', 'viewer', 1);
  const changed: string[] = [];
  services.events.listen('user.changed', EVERY, (event) => changed.push(event.userId));
  await expect((await visit(cookies[0])).api.users.list({})).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await admin.users.update({ userId, email, name: '', role: 'administrator' });
  expect(await (await visit(cookies[0])).api.users.list({})).toMatchObject({ total: 2 });
  expect(changed).toEqual([userId]);
});

test('a change to what is so already is none: nothing is recorded, and no page is told', async () => {
  const { userId, email, cookies } = await seedUser('viewer@example.com', 'viewer', 1);
  const { api } = await visit(cookies[0]);
  await api.profile.update({ name: 'Me', language: null });
  const changed: string[] = [];
  services.events.listen('user.changed', EVERY, (event) => changed.push(event.userId));
  for (const changes of [{}, { name: 'Me' }, { email, role: 'viewer' as const }])
    await admin.users.update({ userId, ...changes });
  await api.profile.update({ name: 'Me', language: null });
  expect(changed).toEqual([]);
  expect(services.logged.filter(({ msg }) => msg === 'user changed')).toEqual([]);
  expect((await changesOf(userId)).map(({ action }) => action)).toEqual(['profile.update']);
});

test('what somebody has changed since is not overwritten by who has not seen it', async () => {
  const { userId, email } = await seedUser('viewer@example.com');
  const was = { email, name: '', role: 'viewer' as const };
  await admin.users.update({ userId, was, name: 'Ada' });
  await expect(admin.users.update({ userId, was, email: 'another@example.com', name: 'Eve' })).rejects.toMatchObject({
    code: 'CONFLICT',
    appCode: 'user.changed_meanwhile',
  });
  expect((await admin.users.byId({ userId })).user).toMatchObject({ ...was, name: 'Ada' });

  // What they do not change may be as it will, and to want what is so already is no conflict.
  await admin.users.update({ userId, was, role: 'operator' });
  await admin.users.update({ userId, was, name: 'Ada' });
  expect((await admin.users.byId({ userId })).user).toMatchObject({ email, name: 'Ada', role: 'operator' });
});

const changesOf = async (userId: string) => {
  await services.audit.seal();
  const records = await services.db
    .select()
    .from(auditRecords)
    .where(eq(auditRecords.objectId, userId))
    .orderBy(auditRecords.sequence);
  return records.filter(({ action }) => action.endsWith('.update'));
};

describe('one’s own', () => {
  test('password: asks for the old one and ends the other sessions', async () => {
    const { email, cookies } = await seedUser('me@example.com', 'viewer', 3);
    const [here, ...others] = await Promise.all(cookies.map(visit));
    const next = 'another horse battery';
    await expect(here!.api.profile.changePassword({ old: 'wrong', password: next })).rejects.toMatchObject({
      appCode: 'password.wrong',
    });
    await expect(here!.api.profile.changePassword({ old: password, password: 'password1234' })).rejects.toMatchObject({
      appCode: 'password.common',
    });
    await here!.api.profile.changePassword({ old: password, password: next });
    expect(ended.sort()).toEqual(others.map(({ session }) => session!.id).sort());
    expect(await services.sessions.find(cookies[0])).not.toBeNull();
    await expect(callerFor(services).users.signIn({ email, password })).rejects.toMatchObject({
      appCode: 'auth.credentials',
    });
  });

  test('page left open is no place to guess the password', async () => {
    const { cookies } = await seedUser('me@example.com', 'viewer', 1);
    const { api } = await visit(cookies[0]);
    const guess = () => api.profile.changePassword({ old: 'wrong', password: 'another horse battery' });
    for (let i = 0; i < 5; i++) await expect(guess()).rejects.toMatchObject({ appCode: 'password.wrong' });
    await expect(guess()).rejects.toMatchObject({ appCode: 'auth.locked', retryAfterSeconds: expect.any(Number) });
    await services.audit.seal();
    const locks = (await services.db.select().from(auditRecords)).filter(({ action }) => action === 'user.lock');
    expect(locks).toMatchObject([
      {
        actorLabel: 'me@example.com',
        objectLabel: 'me@example.com',
        after: { failures: 5, lockedUntil: expect.any(String) },
      },
    ]);
  });

  test('name, language and sessions', async () => {
    const { cookies } = await seedUser('me@example.com', 'viewer', 3);
    const { api } = await visit(cookies[1]);
    await api.profile.update({ name: 'Me', language: 'en' });
    const profile = await api.profile.get();
    expect(profile.user).toMatchObject({ name: 'Me', language: 'en' });
    expect(profile.sessions.map(({ address, isCurrent }) => [address, isCurrent]).sort()).toEqual([
      ['192.0.2.0', false],
      ['192.0.2.1', true],
      ['192.0.2.2', false],
    ]);
    for (const { id } of await services.db.select().from(sessions)) expect(JSON.stringify(profile)).not.toContain(id);
    await api.profile.signOutElsewhere();
    expect((await api.profile.get()).sessions).toMatchObject([{ isCurrent: true }]);
    expect(ended).toHaveLength(2);
  });

  test('name is recorded with the one it had, not the one it had as the request began', async () => {
    const { userId, cookies } = await seedUser('me@example.com', 'viewer', 1);
    const { api } = await visit(cookies[0]);
    await admin.users.update({ userId, name: 'Given meanwhile' });
    await api.profile.update({ name: 'Chosen', language: 'en' });
    expect((await changesOf(userId)).at(-1)).toMatchObject({
      before: { name: 'Given meanwhile', language: null },
      after: { name: 'Chosen', language: 'en' },
    });
  });

  test('new password, and an administrator who signs them out, close the link that would set another; an invitation stays', async () => {
    const { userId, cookies } = await seedUser('me@example.com', 'viewer', 1);
    const { api } = await visit(cookies[0]);
    const { token } = await admin.users.renewLink({ userId });
    await api.profile.changePassword({ old: password, password: 'another correct horse' });
    await expect(api.users.link({ token })).rejects.toMatchObject({ appCode: 'link.closed' });

    const { token: later } = await admin.users.renewLink({ userId });
    const { userId: guest, link } = await admin.users.invite(invited);
    for (const id of [userId, guest]) await admin.users.signOutEverywhere({ userId: id });
    await expect(callerFor(services).users.link({ token: later })).rejects.toMatchObject({ appCode: 'link.closed' });
    expect(await callerFor(services).users.link({ token: link.token })).toMatchObject({ purpose: 'invitation' });
  });

  test('changes are limited for each person, so that nobody fills the log that keeps everything', async () => {
    const { userId, cookies } = await seedUser('me@example.com', 'viewer', 1);
    const { api } = await visit(cookies[0]);
    for (let n = 0; n < 120; n++) await api.profile.update({ name: String(n), language: null });
    await expect(api.profile.update({ name: 'one more', language: null })).rejects.toMatchObject({
      appCode: 'request.too_many',
    });
    expect(await changesOf(userId)).toHaveLength(120);
    const other = await seedUser('other@example.com', 'viewer', 1);
    await (await visit(other.cookies[0])).api.profile.update({ name: 'Other', language: null });
  });

  test('profile cannot be changed once somebody has deleted the account', async () => {
    const { userId, cookies } = await seedUser('me@example.com', 'viewer', 1);
    const { api } = await visit(cookies[0]);
    await admin.users.delete({ userId });
    await expect(api.profile.update({ name: 'Me', language: null })).rejects.toMatchObject({
      appCode: 'auth.required',
    });
    expect(await changesOf(userId)).toEqual([]);
  });
});

test('signing somebody out everywhere is that, and no more', async () => {
  const { userId, email } = await seedUser('busy@example.com', 'viewer', 3);
  const other = await seedUser('other@example.com', 'viewer', 1);
  expect((await admin.users.byId({ userId })).sessions).toHaveLength(3);
  await admin.users.signOutEverywhere({ userId });
  expect((await admin.users.byId({ userId })).sessions).toEqual([]);
  expect(await services.sessions.find(other.cookies[0])).not.toBeNull();
  await callerFor(services).users.signIn({ email, password });
});

test('the list: searched, filtered, sorted and in pages that miss nobody', async () => {
  const names = ['Ada', 'ada', 'Zoë', '', 'a%b', 'Bo'];
  await services.db
    .insert(users)
    .values(
      names.map((name, i) => ({
        email: `user-${i}@example.com`,
        name,
        role: 'viewer' as const,
        passwordHash: i === 5 ? null : '-',
        lastSignInAt: i % 2 ? new Date(1e12 + i) : null,
      })),
    );
  for (const sort of ['email', 'name', 'lastSignIn', 'created'] as const) {
    for (const direction of ['asc', 'desc'] as const) {
      const whole = await admin.users.list({ sort, direction });
      const walked: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await admin.users.list({ sort, direction, limit: 2, cursor });
        walked.push(...page.users.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(walked, `${sort} ${direction}`).toEqual(whole.users.map(({ id }) => id));
      expect(whole.total).toBe(7);
    }
  }
  // By what is shown: who has no name stands where their e-mail does.
  const byName = (await admin.users.list({ sort: 'name' })).users.map((user) => user.name || user.email);
  expect(byName).toEqual(['a%b', 'Ada', 'ada', 'admin@example.com', 'Bo', 'user-3@example.com', 'Zoë']);
  const found = async (search: string) =>
    (await admin.users.list({ search, sort: 'created' })).users.map(({ name }) => name);
  expect(await found('ADA')).toEqual(['Ada', 'ada']);
  expect(await found('%')).toEqual(['a%b']);
  expect((await admin.users.list({ state: 'invited' })).users.map(({ name }) => name)).toEqual(['Bo']);
  expect((await admin.users.list({ role: 'administrator' })).total).toBe(1);
  for (const cursor of ['x', Buffer.from('["a"]').toString('base64url')]) {
    await expect(admin.users.list({ cursor })).rejects.toMatchObject({ appCode: 'input.invalid' });
  }
});

test('no answer holds a password’s hash or a link’s', async () => {
  const { userId } = await seedUser('somebody@example.com', 'viewer', 1);
  await admin.users.renewLink({ userId });
  const answers = JSON.stringify([
    await admin.users.list({}),
    await admin.users.byId({ userId }),
    await admin.users.me(),
  ]);
  expect(answers).not.toMatch(/argon2|passwordHash|hash/i);
});

test('an unknown user is not found, by any act', async () => {
  const one = { userId: NOBODY };
  const acts = [
    admin.users.byId,
    admin.users.deactivate,
    admin.users.activate,
    admin.users.delete,
    admin.users.unlock,
    admin.users.signOutEverywhere,
    admin.users.renewLink,
  ];
  for (const act of acts) await expect(act(one)).rejects.toMatchObject({ appCode: 'user.not_found' });
  for (const role of ['viewer', 'administrator'] as const) {
    await expect(admin.users.update({ ...one, email: 'x@example.com', name: '', role })).rejects.toMatchObject({
      appCode: 'user.not_found',
    });
  }
});

test('what has expired is swept away, and nothing else', async () => {
  const { userId } = await seedUser('somebody@example.com', 'viewer', 1);
  await admin.users.renewLink({ userId });
  await sweepExpired(services);
  expect([
    (await services.db.select().from(sessions)).length,
    (await services.db.select().from(userLinks)).length,
  ]).toEqual([2, 1]);
  await sweepExpired(services, new Date(Date.now() + 30 * DAY_MS));
  expect([
    (await services.db.select().from(sessions)).length,
    (await services.db.select().from(userLinks)).length,
  ]).toEqual([0, 0]);
});

test('an operator manages hosts and no people', async () => {
  const operator = await personOf(services, 'operator');
  await expect(operator.users.invite(invited)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  expect((await operator.users.me())?.permissions).toEqual(expect.arrayContaining(['hosts.read', 'hosts.approve']));
});
