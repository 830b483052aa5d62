import { asc } from 'drizzle-orm';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { auditRecords } from '../../db/schema';
import { createContext } from '../context';
import { sessionOf, testServices } from '../testing';
import type { SignedIn } from '../trpc';
import { actionOf, recordUnsuccessfulCall } from './record-refusal';

const hostId = '01890000-0000-7000-8000-000000000000';

async function startContext() {
  const services = await testServices();
  const ctx: SignedIn = {
    ...createContext(services, 'web', new IncomingMessage(new Socket())),
    session: sessionOf({ id: '01890000-0000-7000-8000-000000000001', email: 'ann@example.com' }),
  };
  const records = async () => {
    await services.audit.seal();
    return services.db.select().from(auditRecords).orderBy(asc(auditRecords.sequence));
  };
  return { services, ctx, records };
}

const call = (path: string, type: 'query' | 'mutation' | 'subscription', input: unknown = { hostId }) => ({
  path,
  type,
  getRawInput: async () => input,
});

test('a change that the role does not allow is recorded with who and on what; a read only when it is sensitive', async () => {
  const { ctx, records } = await startContext();
  await recordUnsuccessfulCall(ctx, call('hosts.approve', 'mutation'), 'hosts.approve', 'auth.forbidden');
  await recordUnsuccessfulCall(ctx, call('hosts.list', 'query', {}), 'hosts.read', 'auth.forbidden');
  await recordUnsuccessfulCall(ctx, call('live.stream', 'subscription'), null, 'auth.forbidden');
  await recordUnsuccessfulCall(ctx, call('audit.list', 'query', {}), 'audit.read', 'auth.forbidden');
  expect(await records()).toMatchObject([
    {
      action: 'host.approve',
      outcome: 'refused',
      code: 'auth.forbidden',
      actorLabel: 'ann@example.com',
      objectKind: 'host',
      objectId: hostId,
    },
    { action: 'audit.list', outcome: 'refused', code: 'auth.forbidden', objectKind: null },
  ]);
});

test('whatever the input is, only an id that is one is kept of it', async () => {
  const { ctx, records } = await startContext();
  for (const input of [null, 'x', { hostId: 'x' }, { hostId: [hostId] }, { __proto__Id: hostId }, [hostId]]) {
    await recordUnsuccessfulCall(ctx, call('hosts.approve', 'mutation', input), 'hosts.approve', 'auth.forbidden');
  }
  await ctx.audit.refusals.tell(new Date(Date.now() + 3_600_000));
  expect((await records()).map(({ objectId, after }) => [objectId, after])).toEqual([
    [null, null],
    [null, { repeated: 5 }],
  ]);

  await recordUnsuccessfulCall(
    ctx,
    call('hosts.approve', 'mutation', { password: 'hunter2', hostId }),
    'hosts.approve',
    'auth.forbidden',
  );
  expect((await records()).at(-1)).toMatchObject({ objectKind: 'host', objectId: hostId });
  expect(JSON.stringify(await records())).not.toContain('hunter2');
});

test('a log that cannot be written leaves the refusal as it is', async () => {
  const { services, ctx } = await startContext();
  await services.db.execute('alter table audit_pending rename to hidden');
  await recordUnsuccessfulCall(ctx, call('hosts.approve', 'mutation'), 'hosts.approve', 'auth.forbidden');
  await services.db.execute('alter table hidden rename to audit_pending');
  expect(services.logged.map(({ msg }) => msg)).toContain('a refused attempt could not be recorded');
});

test('the action is the path with its noun in the singular', () => {
  expect(
    ['hosts.approve', 'users.signIn', 'audit.list', 'certificates.revoke', 'enrolmentTokens.create'].map(actionOf),
  ).toEqual(['host.approve', 'user.signIn', 'audit.list', 'certificate.revoke', 'enrolmentToken.create']);
});
