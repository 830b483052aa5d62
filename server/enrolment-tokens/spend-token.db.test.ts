import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { enrolmentTokens, hosts } from '../../db/schema';
import { proofOf } from '../agents/testing';
import { makeKeys } from '../certificates/testing';
import { settleDue } from '../fleets/settle-due';
import { seedHosts } from '../hosts/testing';
import { administratorOf, callerFor, registrationOf, sessionOf, strangerOf, testServices } from '../testing';
import { newTokenOf } from './testing';

type Services = Awaited<ReturnType<typeof testServices>>;

const join = async (services: Services, fqdn: string, token?: string, keys?: CryptoKeyPair) =>
  strangerOf(services).agents.register({ ...(await registrationOf(fqdn, keys)), token });

const usesOf = async ({ db }: Services, id: string) =>
  (await db.select().from(enrolmentTokens).where(eq(enrolmentTokens.id, id)))[0]!.used;

test('a hundred machines race for ten uses: ten rows, ten uses', { timeout: 60_000 }, async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id, credential } = await newTokenOf(admin, { maxUses: 10 });
  const registrations = await Promise.all(
    Array.from({ length: 100 }, (_, i) => registrationOf(`racer-${i}.example.com`)),
  );

  const outcomes = await Promise.allSettled(
    registrations.map((racer) => strangerOf(services).agents.register({ ...racer, token: credential })),
  );

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [(outcome.reason as { appCode: string }).appCode] : [],
  );
  expect(new Set(refused)).toEqual(new Set(['enrolment.token_used_up']));
  expect(await services.db.select().from(hosts)).toHaveLength(10);
  expect(await usesOf(services, id)).toBe(10);
});

test('the same key again spends nothing, at once, later, and when the token is worth nothing any more', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id, credential } = await newTokenOf(admin, { maxUses: 5 });
  const registration = { ...(await registrationOf('web-01.example.com')), token: credential };
  const register = () => strangerOf(services).agents.register(registration);

  const answers = await Promise.all([register(), register(), register()]);
  await admin.enrolmentTokens.revoke({ tokenId: id });
  answers.push(await register());

  expect(new Set(answers.map(({ enrolmentId }) => enrolmentId)).size).toBe(1);
  expect(await usesOf(services, id)).toBe(1);
});

test('each way of being worth nothing has its own name, and makes no row', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const revoked = await newTokenOf(admin);
  await admin.enrolmentTokens.revoke({ tokenId: revoked.id });
  const usedUp = await newTokenOf(admin, { maxUses: 1 });
  await join(services, 'first.example.com', usedUp.credential);
  const expired = await newTokenOf(admin);
  await services.db.update(enrolmentTokens).set({ expiresAt: new Date() }).where(eq(enrolmentTokens.id, expired.id));

  for (const [credential, appCode] of [
    [Buffer.alloc(32).toString('base64url'), 'enrolment.token_unknown'],
    [expired.credential, 'enrolment.token_expired'],
    [usedUp.credential, 'enrolment.token_used_up'],
    [revoked.credential, 'enrolment.token_revoked'],
  ] as const) {
    await expect(join(services, 'second.example.com', credential)).rejects.toMatchObject({ appCode });
  }
  expect((await services.db.select().from(hosts)).map(({ fqdn }) => fqdn)).toEqual(['first.example.com']);
});

test('a token that approves lets a machine in at once, in its own name, with its tags', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { credential } = await newTokenOf(admin, { name: 'Rack 7', autoApprove: true, tags: ['web', 'eu'] });
  const keys = await makeKeys();

  const enrolment = await join(services, 'web-01.example.com', credential, keys);

  expect(enrolment.status).toBe('approved');
  expect((await strangerOf(services).agents.certificate(await proofOf(keys, enrolment))).certificate).toContain(
    'BEGIN CERTIFICATE',
  );
  const { host, events } = await admin.hosts.byId({ hostId: enrolment.enrolmentId });
  expect(host).toMatchObject({ state: 'never', tags: ['web', 'eu'], enrolmentToken: 'Rack 7', decidedBy: null });
  expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
    ['approved', 'Rack 7'],
    ['registered', 'Rack 7'],
  ]);
});

test('a token lists its machines in its fleet, whoever lets them in', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop' });
  const { credential } = await newTokenOf(admin, { name: 'Rack 7', fleetId, maxUses: 2 });
  expect((await admin.enrolmentTokens.list({})).tokens).toMatchObject([{ fleet: { id: fleetId, name: 'Shop' } }]);
  const { enrolmentId } = await join(services, 'web-01.example.com', credential);
  await settleDue(services);
  const fleetsOf = async (hostId: string) => (await admin.hosts.byId({ hostId })).host.fleets;
  expect(await fleetsOf(enrolmentId)).toMatchObject([{ id: fleetId, how: 'listed' }]);

  // The place of another host is taken together with the fleet.
  const [known] = await seedHosts(services.db, [{ fqdn: 'db-01.example.com' }]);
  const newcomer = await join(services, 'db-01.example.com', credential);
  await admin.hosts.replace({ hostId: newcomer.enrolmentId });
  await settleDue(services);
  expect(await fleetsOf(known!)).toMatchObject([{ id: fleetId, how: 'listed' }]);
});

test('a fleet that is none, or is not the caller’s to change, makes no token', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop' });
  await expect(newTokenOf(admin, { fleetId: '01890000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
    appCode: 'fleet.not_found',
  });
  const permissions = new Set(['enrolment.manage', 'hosts.approve'] as const);
  const key = callerFor(services, { session: { ...sessionOf(), via: 'key', keyName: 'rack 4', permissions } });
  await expect(newTokenOf(key, { fleetId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  // Without its fleet a token goes on.
  const { credential } = await newTokenOf(admin, { fleetId });
  await admin.fleets.delete({ fleetId });
  expect((await join(services, 'web-01.example.com', credential)).status).toBe('pending');
});

test('nothing is let in without a token that approves', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await newTokenOf(admin, { autoApprove: true });
  const careful = await newTokenOf(admin);

  expect((await join(services, 'without.example.com')).status).toBe('pending');
  expect((await join(services, 'careful.example.com', careful.credential)).status).toBe('pending');
});

test('a token never approves over a conflict, whoever was there first', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { credential } = await newTokenOf(admin, { autoApprove: true });
  const known = await join(services, 'web-01.example.com', credential);
  await join(services, 'web-02.example.com', (await newTokenOf(admin)).credential);

  for (const fqdn of ['web-01.example.com', 'web-02.example.com'])
    expect((await join(services, fqdn, credential)).status).toBe('conflict');

  expect((await admin.hosts.byFqdn({ fqdn: 'web-01.example.com' })).host.id).toBe(known.enrolmentId);
});

test('a stranger who has claimed a name first keeps nobody with a token out of it, and is in conflict from then on', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { credential } = await newTokenOf(admin, { autoApprove: true });
  const strangers = [await join(services, 'web-01.example.com'), await join(services, 'web-01.example.com')];
  expect(strangers.map(({ status }) => status)).toEqual(['pending', 'conflict']);

  expect((await join(services, 'web-01.example.com', credential)).status).toBe('approved');

  expect((await admin.hosts.waiting()).hosts.map(({ state }) => state)).toEqual(['conflict', 'conflict']);
});

test.each(['revoke', 'reject'] as const)(
  'a token that approves does not undo a person’s %s: another key of that name waits',
  async (act) => {
    const services = await testServices();
    const admin = await administratorOf(services);
    const { credential } = await newTokenOf(admin, { autoApprove: true });
    const { enrolmentId: hostId } = await join(
      services,
      'web-01.example.com',
      act === 'revoke' ? credential : undefined,
    );
    await admin.hosts[act]({ hostId });

    expect((await join(services, 'web-01.example.com', credential)).status).toBe('pending');

    // Forgetting the machine is how a person says that its name is free.
    await admin.hosts.delete({ hostId });
    await admin.hosts.delete({ hostId: (await admin.hosts.waiting()).hosts[0]!.id });
    expect((await join(services, 'web-01.example.com', credential)).status).toBe('approved');
  },
);

test('of two namesakes that race with a token that approves, one is let in and the other waits', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { credential } = await newTokenOf(admin, { autoApprove: true });
  const answers = await Promise.all([1, 2, 3].map(() => join(services, 'web-01.example.com', credential)));
  expect(answers.map(({ status }) => status).sort()).toEqual(['approved', 'conflict', 'conflict']);
});

test('a person approves a namesake in the same instant: one is approved, nothing is lost', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { credential } = await newTokenOf(admin, { autoApprove: true });
  for (let round = 0; round < 8; round++) {
    const fqdn = `race-${round}.example.com`;
    const { enrolmentId: hostId } = await join(services, fqdn);
    const [person, machine] = await Promise.allSettled([
      admin.hosts.approve({ hostId }),
      join(services, fqdn, credential),
    ]);
    expect(machine.status).toBe('fulfilled');
    const { status } = (machine as PromiseFulfilledResult<Awaited<ReturnType<typeof join>>>).value;
    expect([person.status, status]).toBeOneOf([
      ['fulfilled', 'conflict'],
      ['rejected', 'approved'],
    ]);
  }
});
