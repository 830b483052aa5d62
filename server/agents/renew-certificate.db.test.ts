import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { desc, eq, isNotNull } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { certificates, hostEvents, hosts, renewals } from '../../db/schema';
import { makeCsr, makeKeys, privateKeyPem } from '../certificates/testing';
import { createContext } from '../context';
import { EVERY } from '../events';
import { administratorOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';
import { collectCertificate, collectProven } from './enrolment/collect-certificate';
import { proveEnrolment } from './enrolment/prove-enrolment';
import {
  agentOf,
  connectAgent,
  enrolledHost,
  holderOf,
  knock,
  openAgentClient,
  proofOf,
  serveApi,
  type Shown,
} from './testing';

const DAY_MS = 24 * 60 * 60 * 1000;
const after = (days: number) => new Date(Date.now() + days * DAY_MS);

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let port: number;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  host = await enrolledHost(services, admin);
  port = await serveApi(services);
});

/**
 * As a host that is connected with what is shown. Without a socket: a second one of the same host would end the first.
 */
async function renew(shown: Shown = host.shown, keys?: CryptoKeyPair) {
  const next = keys ?? (await makeKeys());
  const { hostId, serial } = holderOf(shown);
  const connected = callerFor(services, { listener: 'channel', agent: { ...agentOf(hostId), serial } });
  const { certificate } = await connected.agents.renewCertificate({ csr: await makeCsr(next) });
  return { keys: next, shown: { cert: certificate, key: await privateKeyPem(next) } };
}

const upgrades = async (shown: Shown) => (await knock(services, port, shown)).answer.startsWith('HTTP/1.1 101 ');
const rowOf = async (shown: Shown) =>
  (
    await services.db
      .select()
      .from(certificates)
      .where(eq(certificates.serial, holderOf(shown).serial))
  )[0]!;
const hostRow = async () => (await services.db.select().from(hosts).where(eq(hosts.id, host.hostId)))[0]!;
const events = async () =>
  (
    await services.db.select().from(hostEvents).where(eq(hostEvents.hostId, host.hostId)).orderBy(desc(hostEvents.id))
  ).filter(({ kind }) => kind === 'renewed' || kind === 'recovered');

describe('a renewed certificate', () => {
  test('has a new key and a new serial, for the same host', async () => {
    const next = await renew();
    const [before, now] = [new X509Certificate(host.shown.cert), new X509Certificate(next.shown.cert)];
    expect(now.serialNumber).not.toBe(before.serialNumber);
    expect(now.publicKey.equals(before.publicKey)).toBe(false);
    expect(now.subject).toBe(before.subject);
    expect(now.subjectAltName).toBe(before.subjectAltName);
  });

  test('is asked for over the sealed channel, and there alone', async () => {
    const csr = await makeCsr(await makeKeys());
    const { certificate } = await openAgentClient(services, port, host.shown).agents.renewCertificate.mutate({ csr });
    expect(new X509Certificate(certificate).subject).toContain(host.hostId);
    const unsealed = callerFor(services, {
      listener: 'api',
      agent: { ...agentOf(host.hostId), serial: holderOf(host.shown).serial },
    });
    await expect(unsealed.agents.renewCertificate({ csr })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  });

  test('leaves the former one good until it is used once, and then ends it', async () => {
    const next = await renew();
    expect(await upgrades(host.shown)).toBe(true);
    expect(await rowOf(host.shown)).toMatchObject({ revokedAt: null });

    expect(await upgrades(next.shown)).toBe(true);

    expect(await rowOf(host.shown)).toMatchObject({ revokedAt: expect.any(Date), revocationReason: 'superseded' });
    expect(await hostRow()).toMatchObject({ keyFingerprint: (await rowOf(next.shown)).keyFingerprint });
    expect(await events()).toMatchObject([{ kind: 'renewed', detail: 'next_key' }]);
    expect(await upgrades(host.shown)).toBe(false);
    expect(await upgrades(next.shown)).toBe(true);
    expect(await services.db.select().from(renewals)).toEqual([]);
  });

  test('is not used by asking for a token', async () => {
    const next = await renew();
    expect((await knock(services, port, next.shown, undefined, 'forged')).answer).toMatch(/^HTTP\/1.1 403 /);
    expect(await upgrades(host.shown)).toBe(true);
  });

  test('is held back while the former is connected, and replaces nothing then', async () => {
    const next = await renew();
    const former = await connectAgent(services, port, host.shown);
    await connectAgent(services, port, next.shown);
    expect(await services.db.select().from(renewals)).toHaveLength(1);
    expect((await hostRow()).keyFingerprint).toBe((await rowOf(host.shown)).keyFingerprint);
    expect(services.sockets.holder(host.hostId)?.serial).toBe(holderOf(host.shown).serial);
    former.terminate();
    await once(former, 'close');
    expect(await upgrades(next.shown)).toBe(true);
    expect(await services.db.select().from(renewals)).toEqual([]);
  });

  test('finds its place kept from whoever shows the former one while the machine changes over', async () => {
    const next = await renew();
    const former = await connectAgent(services, port, host.shown);
    former.close(4010);
    await expect.poll(() => services.sockets.holder(host.hostId)).toBeUndefined();
    expect((await knock(services, port, host.shown)).answer).toMatch(/^HTTP\/1.1 503 /);
    expect(await upgrades(next.shown)).toBe(true);
    expect((await hostRow()).keyFingerprint).toBe((await rowOf(next.shown)).keyFingerprint);
  });

  test('withdraws a connection with the former one that is still being checked', async () => {
    const next = await renew();
    const slot = services.sockets.reserve({ hostId: host.hostId, serial: holderOf(host.shown).serial, address: '' });
    await connectAgent(services, port, next.shown);
    expect(slot.withdrawn).toBe(true);
  });

  test('is on the host’s page only once it is used', async () => {
    const { certificate } = await admin.hosts.byId({ hostId: host.hostId });
    const next = await renew();
    expect((await admin.hosts.byId({ hostId: host.hostId })).certificate).toEqual(certificate);
    await connectAgent(services, port, next.shown);
    expect((await admin.hosts.byId({ hostId: host.hostId })).certificate?.serial).toBe(holderOf(next.shown).serial);
  });

  test('puts the former one on the revocation list', async () => {
    const next = await renew();
    const before = await services.revocationLists.current();
    await connectAgent(services, port, next.shown);
    const now = await services.revocationLists.current();
    expect(now.number).toBeGreaterThan(before.number);
    expect(now.der.toString('hex').toUpperCase()).toContain(holderOf(host.shown).serial);
  });
});

describe('one renewal at a time', () => {
  test('the same key asked for again gets the same certificate', async () => {
    const first = await renew();
    expect((await renew(host.shown, first.keys)).shown).toEqual(first.shown);
  });

  test('another key takes its place', async () => {
    const [first, second] = [await renew(), await renew()];
    expect(await upgrades(first.shown)).toBe(false);
    expect(await upgrades(host.shown)).toBe(true);
    expect(await upgrades(second.shown)).toBe(true);
    expect(await upgrades(host.shown)).toBe(false);
  });

  test('two at once leave one that can be used, and the host connected', async () => {
    const both = await Promise.all([renew(), renew()]);
    const waiting = await services.db.select().from(renewals);
    expect(waiting).toHaveLength(1);
    const rows = await Promise.all(both.map(({ shown }) => rowOf(shown)));
    expect(rows.filter(({ revokedAt }) => !revokedAt).map(({ serial }) => serial)).toEqual([waiting[0]!.serial]);
    expect(await upgrades(host.shown)).toBe(true);
    expect(await Promise.all(both.map(({ shown }) => upgrades(shown)))).toContain(true);
  });

  test('its first use, twice at once, is one', async () => {
    const next = await renew();
    expect(await Promise.all([upgrades(next.shown), upgrades(next.shown)])).toEqual([true, true]);
    expect(await events()).toHaveLength(1);
  });

  test('former and next at once: the next one stays, the former is ended whatever the order', async () => {
    const next = await renew();
    const [, isNextIn] = await Promise.all([upgrades(host.shown), upgrades(next.shown)]);
    expect(isNextIn).toBe(true);
    expect(await rowOf(host.shown)).toMatchObject({ revocationReason: 'superseded' });
    expect(await upgrades(host.shown)).toBe(false);
    expect(await upgrades(next.shown)).toBe(true);
  });

  test('used and replaced at once: exactly one key is the host’s, and its certificate counts', async () => {
    const next = await renew();
    const [wasUsed, replacing] = await Promise.allSettled([upgrades(next.shown), renew()]);
    const good = (await services.db.select().from(certificates)).filter(({ revokedAt }) => !revokedAt);
    expect(good.map(({ keyFingerprint }) => keyFingerprint)).toContain((await hostRow()).keyFingerprint);
    if (wasUsed.status === 'fulfilled' && wasUsed.value) expect(await upgrades(next.shown)).toBe(true);
    else expect(replacing.status).toBe('fulfilled');
  });
});

describe('refused', () => {
  const refusal = (appCode: string): unknown => expect.objectContaining({ data: expect.objectContaining({ appCode }) });

  test('a key that is a host’s already, this one’s or another’s, or waits as another’s', async () => {
    const other = await enrolledHost(services, admin, 'db-01.example.com');
    const waiting = await renew(other.shown);
    for (const keys of [host.keys, other.keys, waiting.keys]) {
      await expect(renew(host.shown, keys)).rejects.toMatchObject({ appCode: 'agent.key_known' });
    }
  });

  test('what is no request', async () => {
    const client = openAgentClient(services, port, host.shown);
    await expect(client.agents.renewCertificate.mutate({ csr: 'nonsense' })).rejects.toEqual(
      refusal('agent.csr_invalid'),
    );
  });

  test('more than twenty in an hour', async () => {
    const client = openAgentClient(services, port, host.shown);
    const csr = await makeCsr(await makeKeys());
    for (let i = 0; i < 20; i++) await client.agents.renewCertificate.mutate({ csr });
    await expect(client.agents.renewCertificate.mutate({ csr })).rejects.toEqual(refusal('agent.too_many_renewals'));
  });

  test('after a revocation, asked for before or used after', async () => {
    const next = await renew();
    await admin.hosts.revoke({ hostId: host.hostId });
    expect(await upgrades(next.shown)).toBe(false);
    expect(await upgrades(host.shown)).toBe(false);
    expect(await rowOf(next.shown)).toMatchObject({ revocationReason: 'privilege_withdrawn' });
  });

  test('by a revocation at the same moment: nothing that counts is left', async () => {
    await Promise.allSettled([renew(), renew(), admin.hosts.revoke({ hostId: host.hostId }), renew()]);
    const all = await services.db.select().from(certificates);
    expect(all.filter(({ revokedAt }) => !revokedAt)).toEqual([]);
  });

  test('first use and revocation at the same moment: nothing that counts is left', async () => {
    const next = await renew();
    await Promise.allSettled([upgrades(next.shown), admin.hosts.revoke({ hostId: host.hostId })]);
    const all = await services.db.select().from(certificates);
    expect(all.filter(({ revokedAt }) => !revokedAt)).toEqual([]);
    expect(await hostRow()).toMatchObject({ approval: 'revoked' });
  });
});

describe('by proof of a key', () => {
  /** Registers again with that key, and collects. */
  async function collect(keys: CryptoKeyPair, now?: Date) {
    const { context, proof } = await comeBack(keys);
    const { certificate } = await collectCertificate(context, proof, now);
    return { hostId: proof.enrolmentId, certificate };
  }

  async function comeBack(keys: CryptoKeyPair) {
    const enrolment = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', keys));
    const context = createContext(services, 'api', new IncomingMessage(new Socket()));
    return { context, proof: await proofOf(keys, enrolment) };
  }

  const valid = async () => (await services.db.select().from(certificates)).filter(({ revokedAt }) => !revokedAt);

  test('a machine finds its own row with its key and with its next one, and gets the certificate of each', async () => {
    const next = await renew();
    expect(await collect(host.keys)).toEqual({ hostId: host.hostId, certificate: host.shown.cert });
    expect(await collect(next.keys)).toEqual({ hostId: host.hostId, certificate: next.shown.cert });
    await connectAgent(services, port, next.shown);
    expect(await collect(next.keys)).toEqual({ hostId: host.hostId, certificate: next.shown.cert });
  });

  test('a key that was superseded is nobody’s', async () => {
    const next = await renew();
    await connectAgent(services, port, next.shown);
    const stranger = await strangerOf(services).agents.register(await registrationOf('web-01.example.com', host.keys));
    expect(stranger.enrolmentId).not.toBe(host.hostId);
    expect(stranger.status).toBe('conflict');
  });

  test('a renewal that waited too long is signed again, and is still the only one', async () => {
    const next = await renew();
    await services.db
      .update(certificates)
      .set({ notBefore: after(-72), notAfter: after(20) })
      .where(eq(certificates.serial, holderOf(next.shown).serial));
    const { certificate } = await collect(next.keys);
    expect(certificate).not.toBe(next.shown.cert);
    expect(await upgrades({ ...next.shown, cert: certificate })).toBe(true);
    expect(await upgrades(host.shown)).toBe(false);
  });

  test('one that lapsed is replaced up to the limit, in the host’s history', async () => {
    await collect(host.keys, after(90 + 88.5));
    expect(await events()).toMatchObject([{ kind: 'recovered', detail: '89' }]);
  });

  test('one that lapsed for longer is not', async () => {
    await expect(collect(host.keys, after(90 + 91))).rejects.toMatchObject({ appCode: 'agent.lapsed_too_long' });
    expect(await events()).toEqual([]);
    expect(services.logged).toContainEqual(
      expect.objectContaining({ level: 40, hostId: host.hostId, lapsed: expect.any(String) }),
    );
  });

  test('twenty calls at once with one proof sign one certificate', async () => {
    const { context, proof } = await comeBack(host.keys);
    const proven = await proveEnrolment(context, proof);
    const answers = await Promise.all(Array.from({ length: 20 }, () => collectProven(context, proven, after(80))));
    expect(new Set(answers.map(({ certificate }) => certificate)).size).toBe(1);
    expect(await valid()).toHaveLength(2);
    expect(await events()).toHaveLength(1);
  });

  test('a key that lost its place to a newcomer after it was proven gets nothing', async () => {
    const { context, proof } = await comeBack(host.keys);
    const proven = await proveEnrolment(context, proof);
    const newcomer = await strangerOf(services).agents.register(await registrationOf('web-01.example.com'));
    await admin.hosts.replace({ hostId: newcomer.enrolmentId });

    await expect(collectProven(context, proven, after(80))).rejects.toMatchObject({
      appCode: 'agent.challenge_expired',
    });
    expect((await valid()).map(({ keyFingerprint }) => keyFingerprint)).toEqual([(await hostRow()).keyFingerprint]);
  });

  test('nor does one that lost it to the next key; the next key, proven while it waited, is the host’s', async () => {
    const next = await renew();
    const [former, coming] = [await comeBack(host.keys), await comeBack(next.keys)];
    const [formerProven, nextProven] = [
      await proveEnrolment(former.context, former.proof),
      await proveEnrolment(coming.context, coming.proof),
    ];
    await connectAgent(services, port, next.shown);

    await expect(collectProven(former.context, formerProven, after(80))).rejects.toMatchObject({
      appCode: 'agent.challenge_expired',
    });
    await collectProven(coming.context, nextProven, after(80));
    expect(new Set((await valid()).map(({ keyFingerprint }) => keyFingerprint))).toEqual(
      new Set([(await hostRow()).keyFingerprint]),
    );
  });

  test('no more than twenty are signed in an hour', async () => {
    const { context, proof } = await comeBack(host.keys);
    // Each is dated into the future for the next, or past two thirds of its life.
    const collectAgain = (i: number) => collectCertificate(context, proof, after(i % 2 ? 10 : 80));
    for (let i = 0; i < 20; i++) await collectAgain(i);
    await expect(collectAgain(20)).rejects.toMatchObject({ appCode: 'agent.too_many_renewals' });
    expect(await valid()).toHaveLength(21);
  });

  test('one that was dated into the future by a wrong clock is replaced', async () => {
    const { certificate: future } = await collect(host.keys, after(70));
    const { certificate } = await collect(host.keys, after(10));
    expect(certificate).not.toBe(future);
    expect(await collect(host.keys, after(11))).toMatchObject({ certificate });
  });
});

describe('requested by an administrator', () => {
  const requestedAt = async () => (await hostRow()).renewalRequestedAt;

  /** Resolves with the next `renew` that the inbox holds. */
  function nextRenew(shown: Shown) {
    const client = openAgentClient(services, port, shown);
    let isOpen!: () => void;
    const open = new Promise<void>((resolve) => (isOpen = resolve));
    const renewal = new Promise<number>((resolve, reject) => {
      client.agents.inbox.subscribe(undefined, {
        onData: ({ data }) => (data.kind === 'renew' ? resolve(data.withinSeconds) : isOpen()),
        onError: reject,
      });
    });
    return { open, renewal };
  }

  test('a connected host is told at once, and the request ends with the first use', async () => {
    const { open, renewal } = nextRenew(host.shown);
    await open;
    expect(await admin.hosts.rotateCertificate({ hostIds: [host.hostId] })).toEqual({ requested: 1 });
    expect(await renewal).toBe(0);
    expect(await requestedAt()).toBeInstanceOf(Date);

    const next = await renew();
    expect(await requestedAt()).toBeInstanceOf(Date);
    services.sockets.holder(host.hostId)!.socket!.terminate();
    await connectAgent(services, port, next.shown);
    expect(await requestedAt()).toBeNull();
  });

  test('one that is away is told when it comes', async () => {
    await admin.hosts.rotateCertificate({ all: true });
    expect(await nextRenew(host.shown).renewal).toBeGreaterThan(0);
  });

  test('a certificate made before the request does not answer it', async () => {
    const next = await renew();
    await admin.hosts.rotateCertificate({ hostIds: [host.hostId] });
    await connectAgent(services, port, next.shown);
    expect(await requestedAt()).toBeInstanceOf(Date);
  });

  test('many are spread out; those that are not approved are left out', async () => {
    const heard: string[] = [];
    services.events.listen('inbox.changed', EVERY, ({ hostId, kind }) => heard.push(`${kind} ${hostId}`));
    const others = [];
    for (let i = 0; i < 20; i++) others.push(await enrolledHost(services, admin, `web-1${i}.example.com`));
    await admin.hosts.revoke({ hostId: others[0]!.hostId });
    expect(await admin.hosts.rotateCertificate({ all: true })).toEqual({ requested: 20 });
    const rows = await services.db.select().from(hosts).where(isNotNull(hosts.renewalRequestedAt));
    expect(heard.sort()).toEqual(rows.map(({ id }) => `renew ${id}`).sort());
    expect(rows.map((row) => row.renewalDueBy!.getTime() - row.renewalRequestedAt!.getTime())).toEqual(
      rows.map(() => 2000),
    );
    expect((await admin.hosts.byId({ hostId: others[0]!.hostId })).host.renewalRequestedAt).toBeNull();
  });
});
