import { isNull } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { certificates } from '../../db/schema';
import { makeKeys } from '../certificates/testing';
import { EVERY } from '../events';
import { administratorOf, registrationOf, strangerOf, testServices } from '../testing';

test('revoking ends the certificates, tells whoever holds the socket, and forgets liveness', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );
  await admin.hosts.approve({ hostId });
  services.presence.up(hostId);
  const withdrawn: string[] = [];
  services.events.listen('host.access_withdrawn', EVERY, (event) => withdrawn.push(event.hostId));

  await admin.hosts.revoke({ hostId });

  expect(withdrawn).toEqual([hostId]);
  expect(await services.db.select().from(certificates).where(isNull(certificates.revokedAt))).toEqual([]);
  expect((await admin.hosts.counts()).counts).toMatchObject({ up: 0, down: 0, revoked: 1 });
});

test('each act refuses the states it is not for', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );
  const nobody = '01890000-0000-7000-8000-000000000000';

  await expect(admin.hosts.revoke({ hostId })).rejects.toMatchObject({ appCode: 'host.not_approved' });
  await admin.hosts.approve({ hostId });
  await expect(admin.hosts.reject({ hostId })).rejects.toMatchObject({ appCode: 'host.not_pending' });
  for (const act of ['approve', 'reject', 'revoke', 'delete'] as const) {
    await expect(admin.hosts[act]({ hostId: nobody })).rejects.toMatchObject({ appCode: 'host.not_found' });
  }
});

test('a deleted host is pending again when its key comes back, and its old certificate stays revoked', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const stranger = strangerOf(services);
  const keys = await makeKeys();
  const first = await stranger.agents.register(await registrationOf('web-01.example.com', keys));
  await admin.hosts.approve({ hostId: first.enrolmentId });

  await admin.hosts.delete({ hostId: first.enrolmentId });
  const second = await stranger.agents.register(await registrationOf('web-01.example.com', keys));

  expect(second.status).toBe('pending');
  expect(second.enrolmentId).not.toBe(first.enrolmentId);
  expect(await services.db.select().from(certificates)).toMatchObject([{ hostId: null, revokedAt: expect.any(Date) }]);
});
