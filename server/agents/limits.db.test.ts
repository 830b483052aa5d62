import { expect, test } from 'vitest';
import { administratorOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';
import { expireWaiting } from './enrolment/expire-waiting';

const HOUR_MS = 60 * 60 * 1000;

test('a registration nobody decided on expires; an approved host does not', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_PENDING_HOURS: '2' });
  const admin = await administratorOf(services);
  const registration = await registrationOf('left-over.example.com');
  const { enrolmentId } = await strangerOf(services).agents.register(registration);
  const known = await strangerOf(services).agents.register(await registrationOf('known.example.com'));
  await admin.hosts.approve({ hostId: known.enrolmentId });

  expect(await expireWaiting(services, new Date(Date.now() + HOUR_MS))).toBe(0);
  expect(await expireWaiting(services, new Date(Date.now() + 3 * HOUR_MS))).toBe(1);

  await expect(admin.hosts.byId({ hostId: enrolmentId })).rejects.toMatchObject({ appCode: 'host.not_found' });
  expect((await admin.hosts.list({})).hosts.map(({ fqdn }) => fqdn)).toEqual(['known.example.com']);
  expect((await strangerOf(services).agents.register(registration)).status).toBe('pending');
});

test('one address cannot fill all the places, and the machines it has registered may go on asking', async () => {
  const services = await testServices();
  const known = await registrationOf('known.example.com');
  await strangerOf(services).agents.register(known);
  for (let i = 1; i < 120; i++) await services.limits.registrationsFrom.take('192.0.2.1');
  const at = (address: string) => callerFor(services, { listener: 'api', address });

  await at('192.0.2.1').agents.register(await registrationOf('the-last.example.com'));
  await expect(at('192.0.2.1').agents.register(await registrationOf('one-more.example.com'))).rejects.toMatchObject({
    appCode: 'agent.too_many_registrations',
  });
  expect((await at('192.0.2.1').agents.register(known)).status).toBe('pending');
  expect((await at('192.0.2.2').agents.register(await registrationOf('elsewhere.example.com'))).status).toBe('pending');
});

test('one network cannot fill all the places: machines elsewhere still ask to join', async () => {
  const services = await testServices({
    SYSMANAGE_ENROLMENT_MAX_PENDING: '4',
    SYSMANAGE_ENROLMENT_MAX_PENDING_PER_NETWORK: '2',
  });
  const admin = await administratorOf(services);
  const register = async (address: string, name: string) =>
    callerFor(services, { listener: 'api', address }).agents.register(await registrationOf(`${name}.example.com`));
  const { enrolmentId } = await register('192.0.2.1', 'a');
  await register('192.0.2.200', 'b');
  await expect(register('192.0.2.77', 'c')).rejects.toMatchObject({ appCode: 'agent.too_many_pending' });
  await register('2001:db8:1:1::1', 'd');
  await register('2001:db8:1:ffff::1', 'e');
  await expect(register('198.51.100.1', 'f')).rejects.toMatchObject({ appCode: 'agent.too_many_pending' });
  // A decision gives the place back, to the network that had it too.
  await admin.hosts.reject({ hostId: enrolmentId });
  expect((await register('192.0.2.77', 'c')).status).toBe('pending');
});

test('namesakes: at most one is pending, and approving one leaves the others in conflict', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const registrations = await Promise.all([1, 2, 3].map(() => registrationOf('web-01.example.com')));
  const answers = await Promise.all(
    registrations.map((registration) => strangerOf(services).agents.register(registration)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual(['conflict', 'conflict', 'pending']);

  await admin.hosts.approve({ hostId: answers.find(({ status }) => status === 'conflict')!.enrolmentId });

  expect((await admin.hosts.waiting()).hosts.map(({ state }) => state)).toEqual(['conflict', 'conflict']);
});

test('text that no database can hold is a mistake of the caller', async () => {
  const services = await testServices();
  for (const osName of ['a\0b', '\ud800']) {
    const registration = { ...(await registrationOf('web-01.example.com')), osName };
    await expect(strangerOf(services).agents.register(registration)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
});

test('deleting while others revoke or approve: no deadlock, and no certificate is left unrevoked', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  for (const act of ['revoke', 'approve'] as const) {
    for (let round = 0; round < 8; round++) {
      const { enrolmentId: hostId } = await strangerOf(services).agents.register(
        await registrationOf(`${act}-${round}.example.com`),
      );
      if (act === 'revoke') await admin.hosts.approve({ hostId });
      const [deleted, other] = await Promise.allSettled([admin.hosts.delete({ hostId }), admin.hosts[act]({ hostId })]);
      expect(deleted.status).toBe('fulfilled');
      if (other.status === 'rejected') expect(other.reason).toMatchObject({ appCode: 'host.not_found' });
    }
  }
  const left = await services.db.query.certificates.findMany({ where: (row, { isNull }) => isNull(row.revokedAt) });
  expect(left).toEqual([]);
});
