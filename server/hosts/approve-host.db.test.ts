import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { certificates } from '../../db/schema';
import { agentOf } from '../agents/testing';
import { administratorOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';

test('approving signs one certificate, for the registered key', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );

  await admin.hosts.approve({ hostId });

  const { host, certificate, events } = await admin.hosts.byId({ hostId });
  expect(host.state).toBe('never');
  expect(certificate).toMatchObject({ revokedAt: null });
  expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
    ['approved', 'admin@example.com'],
    ['registered', null],
  ]);
});

test('two people who approve at once make one certificate', async () => {
  const services = await testServices();
  const [one, other] = [
    await administratorOf(services, 'one@example.com'),
    await administratorOf(services, 'other@example.com'),
  ];
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );

  const outcomes = await Promise.allSettled([one.hosts.approve({ hostId }), other.hosts.approve({ hostId })]);

  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { appCode: 'host.not_pending' },
  });
  expect(await services.db.select().from(certificates).where(eq(certificates.hostId, hostId))).toHaveLength(1);
});

test('two machines of one name cannot both be approved, not even at once', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const stranger = strangerOf(services);
  const known = await stranger.agents.register(await registrationOf('web-01.example.com'));
  const other = await stranger.agents.register(await registrationOf('web-01.example.com'));
  expect([known.status, other.status]).toEqual(['pending', 'conflict']);

  const outcomes = await Promise.allSettled([
    admin.hosts.approve({ hostId: known.enrolmentId }),
    admin.hosts.approve({ hostId: other.enrolmentId }),
  ]);

  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { appCode: 'host.name_taken' },
  });
});

test('a host in conflict can be approved once the known one is revoked', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const stranger = strangerOf(services);
  const known = await stranger.agents.register(await registrationOf('web-01.example.com'));
  await admin.hosts.approve({ hostId: known.enrolmentId });
  const other = await stranger.agents.register(await registrationOf('web-01.example.com'));

  await expect(admin.hosts.approve({ hostId: other.enrolmentId })).rejects.toMatchObject({
    appCode: 'host.name_taken',
  });
  await admin.hosts.revoke({ hostId: known.enrolmentId });
  await admin.hosts.approve({ hostId: other.enrolmentId });

  expect((await admin.hosts.byFqdn({ fqdn: 'web-01.example.com' })).host.id).toBe(other.enrolmentId);
});

test('a rejected host may be approved after all, a revoked one may not', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );

  await admin.hosts.reject({ hostId });
  expect((await admin.hosts.byId({ hostId })).host.state).toBe('rejected');
  await admin.hosts.approve({ hostId });
  await admin.hosts.revoke({ hostId });

  await expect(admin.hosts.approve({ hostId })).rejects.toMatchObject({ appCode: 'host.not_pending' });
  expect((await admin.hosts.byId({ hostId })).certificate?.revokedAt).not.toBeNull();
});

test('nobody decides without a session, and a machine cannot decide at all', async () => {
  const services = await testServices();
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );
  const agent = callerFor(services, { listener: 'channel', agent: agentOf(hostId) });

  for (const act of ['approve', 'reject', 'revoke', 'delete'] as const) {
    await expect(callerFor(services).hosts[act]({ hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
    await expect(agent.hosts[act]({ hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
  }
});
