import { expect, test } from 'vitest';
import { auditRecords } from '../../db/schema';
import { addPerson, PASSWORD } from '../rest/testing';
import { callerFor, testServices } from '../testing';
import { runSysmanage } from '../process/testing-command';

const secret = 'a secret that nobody else has, of some length';
const email = 'administrator@example.com';

async function startServer() {
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret, SYSMANAGE_SIGN_IN_MAX_FAILURES: '1' });
  await addPerson(services);
  await addPerson(services, 'operator');
  const environment = {
    SYSMANAGE_DATA_DIR: services.config.data_dir,
    SYSMANAGE_SECRET_KEY: secret,
    DATABASE_URL: services.url!,
  };
  return { services, run: (...args: string[]) => runSysmanage('admin link', environment, ...args) };
}

test('whoever is at the server’s files lets its administrator in again', { timeout: 60_000 }, async () => {
  const { services, run } = await startServer();
  const visitor = callerFor(services);
  await expect(visitor.users.signIn({ email, password: 'another one than that' })).rejects.toMatchObject({
    appCode: 'auth.credentials',
  });
  await expect(visitor.users.signIn({ email, password: PASSWORD })).rejects.toMatchObject({ appCode: 'auth.locked' });

  const { code, output } = await run('Administrator@example.com');
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

test('nobody but an active administrator is let in by it', { timeout: 60_000 }, async () => {
  const { run } = await startServer();
  for (const who of ['operator@example.com', 'nobody@example.com']) {
    expect(await run(who)).toEqual({ code: 64, output: `admin link: ${who} is no active administrator\n` });
  }
});
