import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditRecords, users } from '../../db/schema';
import { addPerson, PASSWORD } from '../rest/testing';
import { callerFor, testServices } from '../testing';
import { runSysmanage } from './testing';

const secret = 'a secret that nobody else has, of some length';
const email = 'administrator@example.com';

async function startServer() {
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret, SYSMANAGE_SIGN_IN_MAX_FAILURES: '1' });
  await addPerson(services);
  await addPerson(services, 'operator');
  const environment = {
    SYSMANAGE_DATA_DIR: services.config.data_dir,
    SYSMANAGE_SECRET_KEY: secret,
    SYSMANAGE_SIGN_IN_MAX_FAILURES: '1',
    DATABASE_URL: services.url!,
  };
  return { services, run: (command: string, ...args: string[]) => runSysmanage(command, environment, ...args) };
}

test('whoever is at the server’s files lets its administrator in again', { timeout: 60_000 }, async () => {
  const { services, run } = await startServer();
  const visitor = callerFor(services);
  await expect(visitor.users.signIn({ email, password: 'another one than that' })).rejects.toMatchObject({
    appCode: 'auth.credentials',
  });
  await expect(visitor.users.signIn({ email, password: PASSWORD })).rejects.toMatchObject({ appCode: 'auth.locked' });

  const { code, output } = await run('users link', 'Administrator@example.com');
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^http:\/\/localhost:\d+\/reset-password\?token=[\w-]{32}\nIt works once, until .*\n$/,
    ),
  });
  // Nothing but the lock has changed until the link is used.
  await visitor.users.signIn({ email, password: PASSWORD });
  const password = 'four words nobody knows';
  await visitor.users.useLink({ token: /token=([\w-]+)/.exec(output)![1]!, password });
  await visitor.users.signIn({ email, password });
  const records = await services.db.select().from(auditRecords);
  expect(records).toContainEqual(
    expect.objectContaining({ action: 'user.rescue', actorKind: 'system', objectLabel: email, outcome: 'done' }),
  );
});

test('it is for any account that is open, and says so where there is none', { timeout: 60_000 }, async () => {
  const { services, run } = await startServer();
  expect(await run('users link', 'operator@example.com')).toMatchObject({ code: 0 });
  expect(await run('users link', 'nobody@example.com')).toEqual({
    code: 64,
    output: 'users link: there is no user with this e-mail\n',
  });
  await services.db.update(users).set({ deactivatedAt: new Date() }).where(eq(users.email, 'operator@example.com'));
  expect(await run('users link', 'operator@example.com')).toMatchObject({
    code: 64,
    output: expect.stringMatching(/^users link: [^\n]*deactivated[^\n]*\n$/),
  });
});

test(
  'an account is made, and its link opens it; a second one of that e-mail is refused',
  { timeout: 60_000 },
  async () => {
    const { services, run } = await startServer();
    const made = await run('users create', 'night@example.com', '--role', 'viewer', '--name', 'Night shift', '--json');
    expect(made.code).toBe(0);
    const { userId, url } = JSON.parse(made.output) as { userId: string; url: string };
    const token = new URL(url).searchParams.get('token')!;
    const visitor = callerFor(services);
    await visitor.users.useLink({ token, password: 'four words nobody knows' });
    await visitor.users.signIn({ email: 'night@example.com', password: 'four words nobody knows' });
    const [user] = await services.db.select().from(users).where(eq(users.id, userId));
    expect(user).toMatchObject({ email: 'night@example.com', role: 'viewer', name: 'Night shift' });
    expect(await run('users create', 'Night@example.com', '--json')).toMatchObject({
      code: 64,
      output: expect.stringContaining('"errors":["there is a user with this e-mail already"]'),
    });
    expect(await run('users create', 'no address', '--role', 'king')).toMatchObject({
      code: 64,
      output: expect.stringMatching(/^users create: EMAIL: [^\n]*; --role: [^\n]*\n$/),
    });
    await services.audit.seal();
    const records = await services.db.select().from(auditRecords);
    expect(records).toContainEqual(
      expect.objectContaining({ action: 'user.invite', actorKind: 'system', objectLabel: 'night@example.com' }),
    );
  },
);

test('a lock is ended, and it is said whether there was one', { timeout: 60_000 }, async () => {
  const { services, run } = await startServer();
  const visitor = callerFor(services);
  await visitor.users.signIn({ email, password: 'another one than that' }).catch(() => undefined);
  await expect(visitor.users.signIn({ email, password: PASSWORD })).rejects.toMatchObject({ appCode: 'auth.locked' });
  expect(await run('users unlock', email)).toMatchObject({ code: 0, output: expect.stringMatching(/^Unlocked; /) });
  await visitor.users.signIn({ email, password: PASSWORD });
  expect(await run('users unlock', email)).toEqual({ code: 0, output: 'It was not locked.\n' });
});
