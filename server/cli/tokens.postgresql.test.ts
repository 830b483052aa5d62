import { expect, test } from 'vitest';
import { readEnrolmentToken } from '../../agent/enrolment-token';
import { auditRecords } from '../../db/schema';
import { judgeToken } from '../enrolment-tokens/spend-token';
import { testServices } from '../testing';
import { runSysmanage } from './testing';

const secret = 'a secret that nobody else has, of some length';

test('a token is made, listed and revoked from the server’s own files', { timeout: 60_000 }, async () => {
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret });
  const environment = {
    SYSMANAGE_DATA_DIR: services.config.data_dir,
    SYSMANAGE_SECRET_KEY: secret,
    DATABASE_URL: services.url!,
  };
  const run = (command: string, ...args: string[]) => runSysmanage(command, environment, ...args);
  expect(await run('tokens list')).toEqual({ code: 0, output: 'There are none.\n' });

  const flags = ['--server', 'https://sysmanage.example.com', '--uses', '3', '--tag', 'rack-4', '--approve'];
  const made = await run('tokens create', 'Rack 4', ...flags, '--json');
  expect(made.code).toBe(0);
  const { id, token } = JSON.parse(made.output) as { id: string; token: string };
  const { servers, pins, credential } = readEnrolmentToken(token);
  expect({ servers: servers.map(String), pins }).toEqual({
    servers: ['https://sysmanage.example.com:6443/'],
    pins: [services.authority.pin],
  });
  expect(await judgeToken(services.db, credential)).toBe('active');

  const listed = await run('tokens list', '--json');
  expect(JSON.parse(listed.output)).toEqual({
    tokens: [
      expect.objectContaining({ id, name: 'Rack 4', maxUses: 3, tags: ['rack-4'], autoApprove: true, createdBy: null }),
    ],
  });
  expect(listed.output).not.toContain(credential);

  expect(await run('tokens revoke', id)).toMatchObject({ code: 0 });
  expect(await judgeToken(services.db, credential)).toBe('revoked');
  expect(await run('tokens revoke', id)).toMatchObject({ code: 64, output: expect.stringMatching(/^[^\n]*\n$/) });
  await services.audit.seal();
  const records = await services.db.select().from(auditRecords);
  for (const action of ['enrolmentToken.create', 'enrolmentToken.revoke'])
    expect(records).toContainEqual(expect.objectContaining({ action, actorKind: 'system', objectId: id }));
});

test('what is wrong is named by its flag', async () => {
  const { code, output } = await runSysmanage('tokens create', {}, '', '--hours', 'many');
  expect(code).toBe(64);
  for (const name of ['NAME: ', '--server: ', '--hours: ']) expect(output).toContain(name);
});
