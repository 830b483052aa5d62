import { once } from 'node:events';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { hosts, renewals } from '../../db/schema';
import { agentOf, connectAgent, enrolledHost, holderOf, knock, proofOf, serveApi } from '../agents/testing';
import { makeCsr, makeKeys, privateKeyPem } from '../certificates/testing';
import { newTokenOf } from '../enrolment-tokens/testing';
import { administratorOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';

const NAME = 'web-01.example.com';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let known: Awaited<ReturnType<typeof enrolledHost>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  known = await enrolledHost(services, admin, NAME);
});

/** A machine of the same name with a key of its own, waiting. */
async function arrive(fqdn = NAME, token?: string) {
  const keys = await makeKeys();
  const registration = { ...(await registrationOf(fqdn, keys)), token };
  const enrolment = await strangerOf(services).agents.register(registration);
  return {
    hostId: enrolment.enrolmentId,
    status: enrolment.status,
    keys,
    registration,
    proof: await proofOf(keys, enrolment),
  };
}

const kindsOf = async (hostId: string) => (await admin.hosts.byId({ hostId })).events.map(({ kind }) => kind);

describe('keep', () => {
  test('turns the newcomer away, and both histories say so', async () => {
    const newcomer = await arrive();
    const decision = strangerOf(services).agents.enrolment({ ...newcomer.proof, known: 'conflict' });
    await admin.hosts.keep({ hostId: newcomer.hostId });

    expect(await decision).toEqual({ status: 'rejected' });
    const rejected = await admin.hosts.byId({ hostId: newcomer.hostId });
    expect(rejected.host.state).toBe('rejected');
    const { host } = await admin.hosts.byId({ hostId: known.hostId });
    expect(rejected.events[0]).toMatchObject({
      kind: 'rejected',
      actor: 'admin@example.com',
      detail: host.fingerprintWords,
    });
    expect((await admin.hosts.byId({ hostId: known.hostId })).events[0]).toMatchObject({
      kind: 'kept',
      detail: expect.stringContaining(rejected.host.fingerprintWords),
    });
  });

  test('needs somebody to keep', async () => {
    const newcomer = await arrive();
    await admin.hosts.revoke({ hostId: known.hostId });
    await expect(admin.hosts.keep({ hostId: newcomer.hostId })).rejects.toMatchObject({ appCode: 'host.no_known_one' });
  });
});

describe('replace', () => {
  test('the newcomer is the known host from now on: same id and history, another key', async () => {
    const newcomer = await arrive();
    const words = (await admin.hosts.byId({ hostId: newcomer.hostId })).host.fingerprintWords;
    const decision = strangerOf(services).agents.enrolment({ ...newcomer.proof, known: 'conflict' });

    await admin.hosts.replace({ hostId: newcomer.hostId });

    // It goes on with the proof it had, and its certificate is the host's.
    expect(await decision).toEqual({ status: 'approved' });
    const { certificate } = await strangerOf(services).agents.certificate(newcomer.proof);
    expect(certificate).toBe((await validCertificates())[0]!.pem);
    expect((await admin.hosts.byId({ hostId: known.hostId })).host).toMatchObject({
      fingerprintWords: words,
      state: 'never',
    });
    expect(await kindsOf(known.hostId)).toEqual(['replaced', 'registered', 'approved', 'registered']);
    await expect(admin.hosts.byId({ hostId: newcomer.hostId })).rejects.toMatchObject({ appCode: 'host.not_found' });
    expect(await services.db.$count(hosts)).toBe(1);
    // Registering again, as after a crash, finds the host it has become.
    expect(await strangerOf(services).agents.register(newcomer.registration)).toMatchObject({
      enrolmentId: known.hostId,
      status: 'approved',
    });
  });

  test('the known host works until it is replaced; then its socket closes and its certificate counts no more', async () => {
    const port = await serveApi(services);
    const socket = await connectAgent(services, port, known.shown);
    const newcomer = await arrive();
    socket.ping();
    await once(socket, 'pong');
    expect(services.presence.get(known.hostId)).toMatchObject({ state: 'up' });

    const closed = once(socket, 'close');
    await admin.hosts.replace({ hostId: newcomer.hostId });
    expect((await closed)[0]).toBe(4001);

    expect((await knock(services, port, known.shown)).answer).toMatch(/^HTTP\/1\.1 403 /);
    const old = await services.db.query.certificates.findFirst({
      where: (row, { isNotNull }) => isNotNull(row.revokedAt),
    });
    expect(old).toMatchObject({ hostId: known.hostId, revocationReason: 'superseded' });

    const { certificate } = await strangerOf(services).agents.certificate(newcomer.proof);
    await connectAgent(services, port, { cert: certificate, key: await privateKeyPem(newcomer.keys) });
    expect(services.presence.get(known.hostId)).toMatchObject({ state: 'up' });
  });

  test('the former machine comes back as a newcomer, in conflict, however often it asks', async () => {
    const newcomer = await arrive();
    await admin.hosts.replace({ hostId: newcomer.hostId });
    const registration = await registrationOf(NAME, known.keys);
    const first = await strangerOf(services).agents.register(registration);
    const again = await strangerOf(services).agents.register(registration);
    expect(first).toMatchObject({ status: 'conflict' });
    expect(again.enrolmentId).toBe(first.enrolmentId);
    expect(first.enrolmentId).not.toBe(known.hostId);

    // And may be given its place back.
    await admin.hosts.replace({ hostId: first.enrolmentId });
    expect(await strangerOf(services).agents.register(registration)).toMatchObject({
      enrolmentId: known.hostId,
      status: 'approved',
    });
    // Whoever had it in between holds a proof for a machine that is nobody's.
    await expect(strangerOf(services).agents.certificate(newcomer.proof)).rejects.toMatchObject({
      appCode: 'agent.unknown',
    });
  });

  test('the former machine comes back with its next key, whose renewal waited, as a newcomer as well', async () => {
    const next = await makeKeys();
    const former = callerFor(services, {
      listener: 'channel',
      agent: { ...agentOf(known.hostId), serial: holderOf(known.shown).serial },
    });
    await former.agents.renewCertificate({ csr: await makeCsr(next) });
    await admin.hosts.rotateCertificate({ hostIds: [known.hostId] });
    const newcomer = await arrive();

    await admin.hosts.replace({ hostId: newcomer.hostId });

    expect(await services.db.select().from(renewals)).toEqual([]);
    expect((await admin.hosts.byId({ hostId: known.hostId })).host.renewalRequestedAt).toBeNull();
    const back = await strangerOf(services).agents.register(await registrationOf(NAME, next));
    expect(back.status).toBe('conflict');
    await expect(strangerOf(services).agents.certificate(await proofOf(next, back))).rejects.toMatchObject({
      appCode: 'agent.not_approved',
    });
  });

  test('the host has what the newcomer’s token gave beside the tags it had, and was registered from where the newcomer is', async () => {
    await services.db.update(hosts).set({ tags: ['eu', 'old'] });
    const { id, credential } = await newTokenOf(admin, { tags: ['web', 'eu'] });
    const newcomer = await arrive(NAME, credential);
    await services.db.update(hosts).set({ registeredFrom: '192.0.2.9' }).where(eq(hosts.id, newcomer.hostId));

    await admin.hosts.replace({ hostId: newcomer.hostId });

    expect(await services.db.select().from(hosts)).toMatchObject([
      { id: known.hostId, tags: ['eu', 'old', 'web'], enrolmentTokenId: id, registeredFrom: '192.0.2.9' },
    ]);
  });

  test('of three, the one that is chosen gets the place and the others still wait', async () => {
    const [one, other] = [await arrive(), await arrive()];
    expect((await admin.hosts.namesakes({ hostId: one.hostId })).map(({ id }) => id)).toEqual([
      known.hostId,
      other.hostId,
    ]);
    await admin.hosts.replace({ hostId: one.hostId });
    expect((await admin.hosts.byId({ hostId: other.hostId })).host.state).toBe('conflict');
    await admin.hosts.keep({ hostId: other.hostId });
    expect(await strangerOf(services).agents.register(one.registration)).toMatchObject({ status: 'approved' });
  });

  test('nobody is replaced where nobody is approved: two that wait are decided on by approving one', async () => {
    const first = await arrive('new.example.com');
    const second = await arrive('new.example.com');
    expect([first.status, second.status]).toEqual(['pending', 'conflict']);
    await expect(admin.hosts.replace({ hostId: second.hostId })).rejects.toMatchObject({
      appCode: 'host.no_known_one',
    });
    await expect(admin.hosts.replace({ hostId: first.hostId })).rejects.toMatchObject({
      appCode: 'host.not_conflicting',
    });
    await admin.hosts.approve({ hostId: second.hostId });
    await admin.hosts.replace({ hostId: first.hostId });
    expect((await admin.hosts.byId({ hostId: second.hostId })).host.fqdn).toBe('new.example.com');
  });
});

test.each([
  ['replace', 'replace'],
  ['replace', 'keep'],
  ['keep', 'keep'],
] as const)('%s and %s at once: one wins, the other hears of a conflict', async (one, other) => {
  const newcomer = await arrive();
  const second = await administratorOf(services, 'second@example.com');
  const outcomes = await Promise.allSettled([
    admin.hosts[one]({ hostId: newcomer.hostId }),
    second.hosts[other]({ hostId: newcomer.hostId }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { appCode: 'host.not_conflicting', code: 'CONFLICT' },
  });
  // And later, too.
  await expect(admin.hosts.replace({ hostId: newcomer.hostId })).rejects.toMatchObject({
    appCode: 'host.not_conflicting',
  });
});

test('two newcomers replace one host at once: the second follows the first', async () => {
  const [one, other] = [await arrive(), await arrive()];
  await Promise.all([admin.hosts.replace({ hostId: one.hostId }), admin.hosts.replace({ hostId: other.hostId })]);
  expect(await services.db.$count(hosts)).toBe(1);
  const valid = await validCertificates();
  const [host] = await services.db.select().from(hosts);
  expect(valid.map(({ keyFingerprint }) => keyFingerprint)).toEqual([host!.keyFingerprint]);
});

test('a newcomer may be let in under another name, unless that is taken as well', async () => {
  const newcomer = await arrive();
  await enrolledHost(services, admin, 'web-02.example.com');
  await expect(admin.hosts.approve({ hostId: newcomer.hostId, fqdn: 'web-02.example.com' })).rejects.toMatchObject({
    appCode: 'host.name_taken',
  });
  await admin.hosts.approve({ hostId: newcomer.hostId, fqdn: 'web-03.example.com' });
  const { certificate } = await strangerOf(services).agents.certificate(newcomer.proof);
  expect(certificate).toContain('BEGIN CERTIFICATE');
  expect((await admin.hosts.byFqdn({ fqdn: 'web-03.example.com' })).host.id).toBe(newcomer.hostId);
});

test('nobody resolves a conflict without the permission', async () => {
  const newcomer = await arrive();
  const nobody = strangerOf(services);
  await expect(nobody.hosts.replace({ hostId: newcomer.hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
  await expect(nobody.hosts.keep({ hostId: newcomer.hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
});

const validCertificates = () =>
  services.db.query.certificates.findMany({ where: (row, { isNull }) => isNull(row.revokedAt) });
