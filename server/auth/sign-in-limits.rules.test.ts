import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { attempts, auditRecords, users } from '../../db/schema';
import { accountKey } from './account-lock';
import { sweepAttempts } from './attempts';
import { changePassword } from './change-password';
import type { Session } from './session';
import { hashPassword } from './password';
import { createSignInTurns } from './sign-in-turns';
import { createContext } from '../context';
import { createLimits } from '../limits';
import { logIn } from '../tokens/log-in';
import { administratorOf, testServices } from '../testing';
import { signIn } from './sign-in';

const email = 'Somebody@example.com';
const password = 'correct horse battery';
const MINUTE_MS = 60_000;
const START = Date.parse('2026-01-01T00:00:00Z');

let services: Awaited<ReturnType<typeof testServices>>;
/** Minutes since the start, as the clock says. */
let minutes: number;

beforeEach(() => prepare());

async function prepare(environment?: Record<string, string>) {
  services = await testServices(environment);
  minutes = 0;
  await services.db.insert(users).values({ email, passwordHash: await hashPassword(password), role: 'viewer' });
}

/** `cookies` are what a browser sends, `session` the one it has open. */
interface Who {
  email?: string;
  password?: string;
  address?: string;
  cookies?: string[];
  session?: Session | null;
}

/** What an attempt came to, and in how many seconds to try again. What it was given to keep is put to `cookies`. */
async function attempt({ cookies = [], session = null, ...who }: Who = {}, on = services) {
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  const setCookie = (cookie: string) => void cookies.push(cookie);
  const context = { ...createContext(on, 'web', request), address: who.address ?? '192.0.2.1', session, setCookie };
  try {
    await signIn(context, { email, password: 'wrong', ...who }, new Date(START + minutes * MINUTE_MS));
    return ['signed in'];
  } catch (error) {
    const { appCode, retryAfterSeconds } = error as { appCode: string; retryAfterSeconds: number | null };
    return retryAfterSeconds === null ? [appCode] : [appCode, retryAfterSeconds];
  }
}

const fail = async (times: number, who: Who = {}) => {
  for (let i = 0; i < times; i++) expect(await attempt(who)).toEqual(['auth.credentials']);
};

test('five failures lock an account for fifteen minutes, for the right password too', async () => {
  await fail(5);
  expect(await attempt({ password })).toEqual(['auth.locked', 900]);
  minutes = 10;
  expect(await attempt({ password, email: email.toUpperCase() })).toEqual(['auth.locked', 300]);
  minutes = 15;
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('a clock that was ahead and is set right holds nobody up for longer than a lock', async () => {
  const day = 24 * 60;
  minutes = day;
  await fail(5);
  minutes = 0;
  expect(await attempt({ password })).toEqual(['auth.locked', 900]);
  minutes = 15;
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('and no address either', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '2' });
  minutes = 24 * 60;
  await fail(1, { email: 'one@example.com' });
  minutes = 0;
  await fail(1, { email: 'two@example.com' });
  expect(await attempt({ password })).toEqual(['auth.too_many', 60]);
  minutes = 1;
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('and again after each lock', async () => {
  for (const lockedAt of [0, 15, 30]) {
    minutes = lockedAt;
    await fail(5);
    expect(await attempt({ password })).toEqual(['auth.locked', 900]);
  }
});

/** The locks on record, in the order in which they came. */
async function locks() {
  await services.audit.seal();
  const records = await services.db.select().from(auditRecords).orderBy(auditRecords.sequence);
  return records.filter(({ action }) => action === 'user.lock');
}

const lockOf = (object: object, after: object) => ({
  outcome: 'done',
  actorKind: 'person',
  actorId: null,
  address: '192.0.2.1',
  objectKind: 'user',
  ...object,
  before: null,
  after,
});

test('each lock is on record, once, and until when', async () => {
  const [user] = await services.db.select().from(users);
  await fail(4);
  expect(await locks()).toEqual([]);
  await fail(1);
  for (let i = 0; i < 3; i++) expect((await attempt())[0]).toBe('auth.locked');
  const known = { objectId: user!.id, objectLabel: email };
  const first = lockOf(known, { failures: 5, lockedUntil: '2026-01-01T00:15:00.000Z' });
  expect(await locks()).toMatchObject([first]);
  // Within the time in which what repeats is only counted: another lock is none of that.
  minutes = 15;
  await fail(5, { email: email.toUpperCase() });
  expect(await locks()).toMatchObject([first, lockOf(known, { failures: 5, lockedUntil: '2026-01-01T00:30:00.000Z' })]);
});

test('the same of an account that nobody has; of what may be a password in the wrong field not even that', async () => {
  for (const email of ['nobody@example.com', 'my secret passphrase']) await fail(5, { email });
  const after = { failures: 5, lockedUntil: '2026-01-01T00:15:00.000Z' };
  expect(await locks()).toMatchObject([
    lockOf({ objectId: null, objectLabel: 'nobody@example.com' }, after),
    lockOf({ objectId: null, objectLabel: null }, after),
  ]);
});

test('locking many accounts costs strangers’ room and no more', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '1', SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '1000' });
  for (let i = 0; i < 40; i++) await fail(1, { email: `user-${i}@example.com` });
  expect((await locks()).length).toBeLessThan(25);
  await services.audit.refusals.tell(new Date(Date.now() + 3_600_000));
  expect((await locks()).reduce((sum, { after }) => sum + ((after as { repeated?: number }).repeated ?? 1), 0)).toBe(
    40,
  );
});

test('the last right password of a row of failures locks nothing, and neither is it on record as a lock', async () => {
  await fail(4);
  expect(await attempt({ password })).toEqual(['signed in']);
  expect(await locks()).toEqual([]);
});

test('signing in again and again ends soon, as each time is a record; it counts as no failure', async () => {
  const [user] = await services.db.select().from(users);
  for (let i = 0; i < 119; i++) await services.limits.ownChanges.take(user!.id);
  await fail(4);
  expect(await attempt({ password })).toEqual(['signed in']);
  await fail(4);
  const failures = async () =>
    (await services.db.select().from(attempts)).map(({ key, count }) => `${count} of ${key}`).sort();
  const before = await failures();
  for (let i = 0; i < 3; i++) expect(await attempt({ password })).toEqual(['request.too_many', expect.any(Number)]);
  expect(await failures()).toEqual(before);
  expect(await locks()).toEqual([]);
  const records = await services.db.select().from(auditRecords);
  expect(records.filter(({ action, outcome }) => action === 'user.signIn' && outcome === 'done')).toHaveLength(1);
});

test('asking during a lock does not prolong it', async () => {
  await fail(5);
  for (minutes = 1; minutes < 15; minutes++) expect((await attempt())[0]).toBe('auth.locked');
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('the right password starts the count again, and so does time', async () => {
  await fail(4);
  expect(await attempt({ password })).toEqual(['signed in']);
  await fail(4);
  minutes = 15;
  await fail(5);
  expect((await attempt())[0]).toBe('auth.locked');
});

test('an e-mail that nobody has locks in the same way, so that a lock tells nothing', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
  const answers = async (who: { email: string }) => {
    const given = [];
    // From one site, and from many: past the lock of a site, and past that of all strangers.
    for (let i = 0; i < 20; i++)
      given.push(await attempt({ ...who, address: i < 4 ? '203.0.113.7' : `198.18.${i}.1` }));
    return given;
  };
  const [known, unknown] = [await answers({ email }), await answers({ email: 'nobody@example.com' })];
  expect(new Set(known.map(String))).toEqual(new Set(['auth.credentials', 'auth.locked,900', 'auth.locked,3600']));
  expect(unknown).toEqual(known);
});

test('who is deactivated or only invited is told what a stranger is', async () => {
  await services.db.insert(users).values([
    {
      email: 'gone@example.com',
      passwordHash: await hashPassword(password),
      role: 'viewer',
      deactivatedAt: new Date(),
    },
    { email: 'invited@example.com', passwordHash: null, role: 'viewer' },
  ]);
  for (const email of ['gone@example.com', 'invited@example.com']) {
    await fail(5, { email, password });
    expect(await attempt({ email, password })).toEqual(['auth.locked', 900]);
  }
});

test('an unknown user costs the same work as a wrong password, and so the same time', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '1000', SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '1000' });
  // Of this process alone, on all its threads: what else the machine is busy with delays an answer and adds nothing
  // here.
  const work = async (who: { email?: string }) => {
    const before = process.cpuUsage();
    await attempt(who);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let i = 0; i < 9; i++) {
    known.push(await work({}));
    unknown.push(await work({ email: 'nobody@example.com' }));
  }
  // The least of each is what it cannot be done for less. Without a hash to compare with it is a quarter.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 2);
  // And with one hash too many it is twice as much.
  expect(Math.min(...unknown)).toBeLessThan(Math.min(...known) * 1.5);
});

test('of twenty right passwords at once all sign in, also after failures', async () => {
  await fail(4);
  const answers = await Promise.all(Array.from({ length: 20 }, () => attempt({ password })));
  expect(answers).toEqual(Array(20).fill(['signed in']));
});

test('a crowd of people behind one address signs in at once', async () => {
  const passwordHash = await hashPassword(password);
  const crowd = Array.from({ length: 40 }, (_, i) => `person-${i}@example.com`);
  await services.db.insert(users).values(crowd.map((email) => ({ email, passwordHash, role: 'viewer' as const })));
  const answers = await Promise.all(crowd.map((email) => attempt({ email, password })));
  expect(answers).toEqual(Array(40).fill(['signed in']));
});

test('of a hundred guesses at once in two processes five are looked at', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '1000' });
  const processes = [services, { ...services, passwordTurns: createSignInTurns() }];
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => attempt({}, processes[i % 2])));
  expect(answers.filter(([code]) => code === 'auth.credentials')).toHaveLength(5);
  expect(answers.filter(([code]) => code === 'auth.locked')).toHaveLength(95);
});

test('of a hundred guesses at once from one address, at as many accounts in two processes, ten are looked at', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '10' });
  const processes = [
    services,
    { ...services, passwordTurns: createSignInTurns(), limits: createLimits(services.config) },
  ];
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => attempt({ email: `user-${i}@example.com` }, processes[i % 2])),
  );
  expect(answers.filter(([code]) => code === 'auth.credentials')).toHaveLength(10);
  expect(answers.filter(([code]) => code === 'auth.too_many')).toHaveLength(90);
  // Nobody else has counted: what the database knows no more is not known.
  await services.db.delete(attempts);
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('whoever has a network of IPv6 has one address', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '3' });
  for (let i = 1; i <= 3; i++) await fail(1, { email: `user-${i}@example.com`, address: `2001:db8:1:2::${i}` });
  expect(await attempt({ password, address: '2001:db8:1:2:ffff::9' })).toEqual(['auth.too_many', 60]);
  expect(await attempt({ password, address: '2001:db8:1:3::1' })).toEqual(['signed in']);
});

test('of a hundred guesses at once five are looked at', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '1000' });
  const answers = await Promise.all(Array.from({ length: 100 }, () => attempt()));
  expect(answers.filter(([code]) => code === 'auth.credentials')).toHaveLength(5);
  expect(answers.filter(([code]) => code === 'auth.locked')).toHaveLength(95);
});

test('an address that fails at many accounts waits; others do not, and signing in takes nothing from it', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '10' });
  for (let i = 0; i < 20; i++) expect(await attempt({ password })).toEqual(['signed in']);
  for (let i = 0; i < 10; i++) await fail(1, { email: `user-${i}@example.com` });
  expect(await attempt({ password })).toEqual(['auth.too_many', 60]);
  expect(await attempt({ password, address: '192.0.2.2' })).toEqual(['signed in']);
  minutes = 1;
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('a typo now and then, among many who sign in rightly from the same network, locks nobody out', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '3' });
  const passwordHash = await hashPassword(password);
  const crowd = Array.from({ length: 8 }, (_, i) => `person-${i}@example.com`);
  await services.db.insert(users).values(crowd.map((email) => ({ email, passwordHash, role: 'viewer' as const })));
  // One of them signs in every half minute, for half an hour, and every tenth minute somebody else mistypes.
  for (minutes = 0; minutes < 30; minutes += 0.5) {
    if (minutes % 10 === 5) await fail(1, { email: `user-${minutes}@example.com` });
    expect(await attempt({ email: crowd[(minutes * 2) % 8], password }), `after ${minutes} minutes`).toEqual([
      'signed in',
    ]);
  }
});

test('one’s own right password does not buy more guesses at others', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '10' });
  for (let i = 0; i < 10; i++) {
    await fail(1, { email: `user-${i}@example.com` });
    if (i < 9) expect(await attempt({ password })).toEqual(['signed in']);
  }
  expect(await attempt({ password })).toEqual(['auth.too_many', 60]);
});

describe('a lock holds for the site that earned it', () => {
  test.each([
    ['192.0.2.1', '192.0.2.254', '192.0.3.1'],
    ['2001:db8:1:2::1', '2001:db8:1:ffff::9', '2001:db8:2:2::1'],
  ])('%s locks %s and not %s', async (guesser, beside, elsewhere) => {
    await fail(5, { address: guesser });
    expect(await attempt({ password, address: beside })).toEqual(['auth.locked', 900]);
    expect(await attempt({ password, address: elsewhere })).toEqual(['signed in']);
    // And who signs in elsewhere ends no lock here.
    expect(await attempt({ password, address: guesser })).toEqual(['auth.locked', 900]);
  });

  test('from one, four times five guesses an hour are looked at, and never all that strangers have', async () => {
    for (const from of [0, 15, 30, 45]) {
      for (minutes = from; minutes < from + 15; minutes += 5) for (let i = 0; i < 5; i++) await attempt();
    }
    const looked = (await services.db.select().from(attempts)).find(({ key }) => key.endsWith(' strangers'));
    expect(looked).toMatchObject({ count: 20 });
    minutes = 59;
    expect(await attempt({ password, address: '198.51.100.1' })).toEqual(['signed in']);
  });

  test('from however many, thirty an hour', async () => {
    let looked = 0;
    for (minutes = 0; minutes < 60; minutes++) {
      if ((await attempt({ address: `198.18.${minutes}.1` }))[0] === 'auth.credentials') looked++;
    }
    expect(looked).toBe(30);
    expect(await attempt({ password, address: '203.0.113.1' })).toEqual(['signed in']);
  });

  test('of sixty guesses at once in two processes, from as many sites, no more are looked at than strangers have', async () => {
    await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
    const processes = [services, { ...services, passwordTurns: createSignInTurns() }];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => attempt({ address: `198.18.${i}.1` }, processes[i % 2])),
    );
    expect(answers.filter(([code]) => code === 'auth.credentials')).toHaveLength(12);
    expect(answers.filter(([code]) => code === 'auth.locked')).toHaveLength(48);
  });

  test('somebody who signs in rightly gives guessers no more guesses', async () => {
    await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
    const cookies: string[] = [];
    await attempt({ password, address: '203.0.113.1', cookies });
    for (let i = 0; i < 12; i++) {
      await fail(1, { address: `198.18.${i}.1` });
      if (i % 3 === 0)
        expect(await attempt({ password, address: `203.0.${i}.1`, cookies: i % 2 ? cookies : [] })).toEqual([
          'signed in',
        ]);
    }
    expect(await attempt({ address: '198.18.99.1' })).toEqual(['auth.locked', 3600]);
  });

  test('each lock is on record: of the site, and of all strangers', async () => {
    await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
    for (let i = 0; i < 12; i++) await fail(1, { address: `198.18.${i}.1` });
    expect(await locks()).toMatchObject([{ after: { failures: 12, lockedUntil: '2026-01-01T01:00:00.000Z' } }]);
  });
});

describe('who is known to an account', () => {
  beforeEach(() => prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2', SYSMANAGE_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '4' }));

  /** What strangers do until nobody unknown is looked at: at this account, or at all from this address. */
  const lockOut = async () => {
    for (let i = 0; i < 12; i++) await fail(1, { address: `198.18.${i}.1` });
    expect(await attempt({ password, address: '203.0.113.9' })).toEqual(['auth.locked', 3600]);
  };
  const flood = async (address: string) => {
    for (let i = 0; i < 6; i++) await attempt({ email: `user-${i}@example.com`, address });
    expect(await attempt({ password, address })).toEqual(['auth.too_many', 60]);
  };

  test('by a browser that signed in before: is let try, whatever strangers do and from wherever', async () => {
    const cookies: string[] = [];
    await attempt({ password, cookies });
    await lockOut();
    await fail(1, { cookies });
    await flood('192.0.2.1');
    expect(await attempt({ password, cookies })).toEqual(['signed in']);
    expect(await attempt({ password, cookies, address: '203.0.113.9' })).toEqual(['signed in']);
  });

  test('by a session that is open: signs in again, and changes the password', async () => {
    const cookies: string[] = [];
    await attempt({ password, cookies });
    const session = await services.sessions.find(cookies.join('; '));
    await lockOut();
    await flood('127.0.0.1');
    await changePassword(
      { ...createContext(services, 'web', new IncomingMessage(new Socket())), session: session! },
      { old: password, password: 'another correct horse' },
    );
    expect(await attempt({ password: 'another correct horse', address: '127.0.0.1', session })).toEqual(['signed in']);
  });

  test('over REST, by the device of a log-in before; without it a script is a stranger', async () => {
    const logInFrom = (address: string, device?: string) =>
      logIn(
        { ...createContext(services, 'api', new IncomingMessage(new Socket())), address },
        { userid: email, password, device },
        new Date(START),
      );
    const { device } = await logInFrom('192.0.2.1');
    await lockOut();
    await flood('192.0.2.1');
    await expect(logInFrom('203.0.113.9')).rejects.toMatchObject({ appCode: 'auth.locked' });
    expect(await logInFrom('192.0.2.1', device)).toMatchObject({
      token: expect.any(String),
      device: expect.any(String),
    });
  });

  test('has as many guesses as a stranger, and locks nobody else by them', async () => {
    const [mine, other]: string[][] = [[], []];
    await attempt({ password, cookies: mine });
    await attempt({ password, cookies: other });
    await fail(2, { cookies: mine });
    expect(await attempt({ password, cookies: mine })).toEqual(['auth.locked', 900]);
    for (const cookies of [other, []]) expect(await attempt({ password, cookies })).toEqual(['signed in']);
    expect(await locks()).toMatchObject([{ objectLabel: email, after: { failures: 2 } }]);
  });

  test('is known to no other account, nor by what somebody made up, nor after a year', async () => {
    await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
    await services.db
      .insert(users)
      .values({ email: 'other@example.com', passwordHash: await hashPassword(password), role: 'viewer' });
    const cookies: string[] = [];
    await attempt({ password, email: 'other@example.com', cookies });
    const [own] =
      (await attempt({ password, cookies }), cookies.filter((cookie) => cookie.includes('-device-')).slice(-1));
    const [name, text = ''] = own!.split(';')[0]!.split('=');
    const [userId, since, id, seal] = text.split('.');
    await fail(2);
    const locked = ['auth.locked', 900];
    const madeUp = [
      [userId, since, 'x'.repeat(22), seal],
      [userId, String(Number(since) + 1), id, seal],
      [userId, since, id, 'x'.repeat(43)],
      [userId, since, id],
      [],
    ];
    for (const parts of madeUp)
      expect(await attempt({ password, cookies: [`${name}=${parts.join('.')}`] }), parts.join('.')).toEqual(locked);
    const others = cookies.filter((cookie) => !cookie.includes(text));
    expect(await attempt({ password, cookies: others })).toEqual(locked);
    minutes = 366 * 24 * 60;
    await fail(2);
    expect(await attempt({ password, cookies: [own!] })).toEqual(locked);
    minutes -= 1;
    expect(await attempt({ password, cookies: [own!] })).toEqual(['signed in']);
  });

  test.each(['signed out everywhere', 'deactivated and activated again'])(
    'is not any more when they were %s: somebody else may have been in',
    async (how) => {
      const cookies: string[] = [];
      await attempt({ password, cookies });
      const admin = await administratorOf(services);
      const { id: userId } = (await admin.users.list({})).users.find((user) => user.email === email)!;
      if (how === 'signed out everywhere') await admin.users.signOutEverywhere({ userId });
      else for (const act of [admin.users.deactivate, admin.users.activate]) await act({ userId });
      await fail(2);
      expect(await attempt({ password, cookies })).toEqual(['auth.locked', 900]);
    },
  );

  test('is told so by a refusal no more than a stranger: no header, and the same words', async () => {
    const cookies: string[] = [];
    await attempt({ password, cookies });
    const given = cookies.length;
    expect(await attempt({ cookies })).toEqual(await attempt());
    expect(cookies).toHaveLength(given);
  });

  test('waits behind no crowd of strangers', async () => {
    const cookies: string[] = [];
    await attempt({ password, cookies });
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const crowd = Array.from({ length: 201 }, () => services.passwordTurns.take(accountKey(email), () => held));
    expect(await attempt({ password })).toEqual(['auth.busy', 2]);
    expect(await attempt({ password, cookies })).toEqual(['signed in']);
    release();
    await Promise.all(crowd);
  });

  test('gets a cookie that scripts cannot read, one an account', async () => {
    const cookies: string[] = [];
    await attempt({ password, cookies });
    await attempt({ password, cookies });
    const devices = cookies.filter((cookie) => cookie.includes('-device-'));
    expect(devices).toEqual(
      Array(2).fill(
        expect.stringMatching(
          /^sysmanage-device-3000-[0-9a-f]{12}=[^;]+; Max-Age=31622400; Path=\/; HttpOnly; SameSite=Lax$/,
        ),
      ),
    );
    expect(devices[0]!.split('=')[0]).toBe(devices[1]!.split('=')[0]);
    expect(JSON.stringify(services.logged)).not.toContain(devices[0]!.split(';')[0]!.split('.').at(-1));
  });
});

test('both figures are settings', async () => {
  await prepare({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2', SYSMANAGE_SIGN_IN_LOCK_MINUTES: '60' });
  await fail(2);
  expect(await attempt({ password })).toEqual(['auth.locked', 3600]);
});

test('an administrator unlocks it before its time', async () => {
  const admin = await administratorOf(services);
  const { users: all } = await admin.users.list({});
  const { id: userId } = all.find((user) => user.email === email)!;
  minutes = (Date.now() - START) / MINUTE_MS;
  await fail(5);
  expect((await admin.users.list({ state: 'locked' })).users).toMatchObject([
    { id: userId, state: 'locked', lockedUntil: expect.any(String) },
  ]);
  await admin.users.unlock({ userId });
  const unlocked = (await admin.audit.list({ action: 'user.unlock' })).records;
  expect(unlocked).toMatchObject([
    { before: { failures: 5, lockedUntil: expect.any(String) }, after: { failures: 0, lockedUntil: null } },
  ]);
  expect((await admin.users.byId({ userId })).user).toMatchObject({ state: 'active', lockedUntil: null });
  expect(await attempt({ password })).toEqual(['signed in']);
});

test('the database knows no e-mail that was tried, and forgets what is over', async () => {
  await fail(3, { email: 'my secret passphrase' });
  const rows = JSON.stringify(await services.db.select().from(attempts));
  expect(rows).not.toContain('secret');
  await sweepAttempts(services.db, new Date(START + 14 * MINUTE_MS));
  expect(await services.db.select().from(attempts)).toHaveLength(2);
  await sweepAttempts(services.db, new Date(START + 61 * MINUTE_MS));
  expect(await services.db.select().from(attempts)).toEqual([]);
});
