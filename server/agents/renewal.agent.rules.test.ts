/** The real agent and the real server: a certificate is renewed, and what may go wrong on the way. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createCsr, NEXT_PAIR, openIdentity } from '../../agent/identity';
import { keepCertificate } from '../../agent/certificate';
import { run } from '../../agent/run';
import { openStateFolder } from '../../agent/state/open-folder';
import { keepingIn, makeStateFolder, recordLog } from '../../agent/testing';
import { certificates, hostEvents, hosts } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, callerFor, testServices } from '../testing';
import { agentOf, serveApi } from './testing';
import { type Proxy, startProxy } from './testing-proxy';

const DAY_MS = 24 * 60 * 60 * 1000;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let proxy: Proxy;
let folder: string;

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_HEARTBEAT_INTERVAL_SECONDS: '3600' });
  admin = await administratorOf(services);
  folder = makeStateFolder();
  openStateFolder(folder);
  proxy = await startProxy(services, await serveApi(services), shownBy(folder));
});

/**
 * What an agent with that state folder shows with a certificate of that serial. Its key may have got its final name
 * since.
 */
function shownBy(state: string) {
  const known = new Map<string, { cert: string; key: string }>();
  return (serial: string | undefined) => {
    for (const pair of ['client', 'client.next']) {
      const [cert, key] = [join(state, `${pair}.crt`), join(state, `${pair}.key`)];
      if (!existsSync(cert) || !existsSync(key)) continue;
      const pem = readFileSync(cert, 'utf8');
      known.set(new X509Certificate(pem).serialNumber, { cert: pem, key: readFileSync(key, 'utf8') });
    }
    return (serial && known.get(serial)) || {};
  };
}

/** Runs the agent until the test ends, or until it is stopped. */
function startAgent() {
  const { log, until, lines } = recordLog();
  const stop = new AbortController();
  const ended = run({
    folder,
    servers: [proxy.url],
    token: null,
    identity: openIdentity(folder),
    expectedPins: undefined,
    once: false,
    log,
    ...keepingIn(folder, log),
    signal: stop.signal,
    random: () => 0,
  }).catch(() => {}); // it rejects with the signal's reason, which is ours
  const end = async () => {
    stop.abort();
    await ended;
  };
  onTestFinished(end);
  return { until, lines, end };
}

/** An agent that was let in and is connected. */
async function startApproved() {
  const registered = new Promise<string>((resolve) =>
    services.events.listen('host.approval_changed', EVERY, ({ hostId }) => resolve(hostId)),
  );
  const agent = startAgent();
  const hostId = await registered;
  await admin.hosts.approve({ hostId });
  await expect.poll(() => services.presence.get(hostId)?.state, { timeout: 10_000 }).toBe('up');
  const end = async () => {
    await agent.end();
    await expect.poll(() => services.presence.get(hostId)?.state).toBe('down');
  };
  return { ...agent, hostId, end };
}

const serial = () => new X509Certificate(readFileSync(join(folder, 'client.crt'))).serialNumber;
const shownOn = async (hostId: string) => (await admin.hosts.byId({ hostId })).certificate?.serial;
const certificatesOf = (hostId: string) =>
  services.db.select().from(certificates).where(eq(certificates.hostId, hostId));

/** Lets the certificate of a host be past three quarters of its life. */
const age = (hostId: string) =>
  services.db
    .update(certificates)
    .set({ notBefore: new Date(Date.now() - 82 * DAY_MS), notAfter: new Date(Date.now() + 10 * DAY_MS) })
    .where(eq(certificates.hostId, hostId));

test('asked for now: a new key, a new certificate, and the host never counts as down', async () => {
  const presence: (string | undefined)[] = [];
  const { hostId, until } = await startApproved();
  const [before, key] = [serial(), readFileSync(join(folder, 'client.key'), 'utf8')];
  services.events.listen('host.presence', hostId, () => presence.push(services.presence.get(hostId)?.state));

  await admin.hosts.rotateCertificate({ hostIds: [hostId] });

  await until('the certificate is renewed');
  await expect.poll(serial, { timeout: 10_000 }).not.toBe(before);
  expect(readFileSync(join(folder, 'client.key'), 'utf8')).not.toBe(key);
  expect(existsSync(join(folder, 'client.next.key'))).toBe(false);
  expect(await shownOn(hostId)).toBe(serial());
  expect((await admin.hosts.byId({ hostId })).host).toMatchObject({ state: 'up', renewalRequestedAt: null });
  expect(presence).toEqual([]);
});

test('after a renewal it comes back as often as its connection is lost, also while the next renewal has begun', async () => {
  const { hostId, until, lines } = await startApproved();
  await admin.hosts.rotateCertificate({ hostIds: [hostId] });
  await until('the certificate is renewed');
  const connections = () => lines.filter((line) => line.includes('connected to')).length;
  openIdentity(folder, NEXT_PAIR);
  for (const times of [2, 3, 4]) {
    await expect.poll(connections).toBe(times);
    services.sockets.holder(hostId)!.socket!.terminate();
  }
  await expect.poll(connections).toBe(5);
  expect(await shownOn(hostId)).toBe(serial());
});

test('due: renewed by itself once a connection says so, and not again', async () => {
  const { hostId, end } = await startApproved();
  const before = serial();
  await end();
  await age(hostId);

  const again = startAgent();
  await again.until('the certificate is renewed');
  await expect.poll(serial, { timeout: 10_000 }).not.toBe(before);
  await expect.poll(() => services.presence.get(hostId)?.state).toBe('up');
  expect(await certificatesOf(hostId)).toHaveLength(2);
});

test('a lost answer: the same key is asked for again and gets the same certificate', async () => {
  const { hostId, end } = await startApproved();
  await end();
  await age(hostId);

  // It says hello, opens its inbox, sends a measurement and asks; the answers after the hello's never come.
  proxy.meddle('toAgent', (frame, index) => (index < 1 ? [frame] : []));
  const again = startAgent();
  await expect.poll(async () => (await certificatesOf(hostId)).length, { timeout: 10_000 }).toBe(2);
  const next = readFileSync(join(folder, 'client.next.key'), 'utf8');
  await again.end();

  startAgent();
  await expect.poll(() => readFileSync(join(folder, 'client.key'), 'utf8'), { timeout: 10_000 }).toBe(next);
  expect(await certificatesOf(hostId)).toHaveLength(2);
});

test('asked for while a key of before waits for its answer: another is made for it, and one renewal is enough', async () => {
  const { hostId, end } = await startApproved();
  await end();
  const leftover = openIdentity(folder, NEXT_PAIR);
  const connected = callerFor(services, { listener: 'channel', agent: { ...agentOf(hostId), serial: serial() } });
  await connected.agents.renewCertificate({ csr: await createCsr(leftover, 'a.test') });
  await admin.hosts.rotateCertificate({ hostIds: [hostId] });

  startAgent();
  await expect
    .poll(async () => (await admin.hosts.byId({ hostId })).host.renewalRequestedAt, { timeout: 20_000 })
    .toBeNull();
  const adopted = await services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'renewed'));
  expect(adopted).toHaveLength(1);
  expect(readFileSync(join(folder, 'client.key'), 'utf8')).not.toBe(leftover.privateKeyPem);
});

test('a renewed certificate that the server refuses: the former one goes on', async () => {
  const { hostId, end } = await startApproved();
  const before = serial();
  await end();
  const renewed = await renewInItsPlace(hostId);
  await services.db.update(certificates).set({ revokedAt: new Date() }).where(eq(certificates.serial, renewed));

  const again = startAgent();
  await again.until("refuses this machine's certificate");
  await expect.poll(() => services.presence.get(hostId)?.state, { timeout: 10_000 }).toBe('up');
  await expect.poll(() => existsSync(join(folder, 'client.next.key'))).toBe(false);
  expect(serial()).toBe(before);
});

test('both refused: it asks for its standing with the next key, and joins with it once it is let in', async () => {
  const { hostId, end } = await startApproved();
  await end();
  const next = await renewInItsPlace(hostId);
  await admin.hosts.revoke({ hostId });
  const again = startAgent();
  await again.until("an administrator revoked this machine's certificate");

  await admin.hosts.delete({ hostId });
  await again.until('waiting for an administrator to compare');
  const [waiting] = await services.db.select().from(hosts);
  await admin.hosts.approve({ hostId: waiting!.id });
  await expect.poll(() => services.presence.get(waiting!.id)?.state, { timeout: 10_000 }).toBe('up');
  await expect.poll(() => existsSync(join(folder, 'client.next.key'))).toBe(false);
  expect(serial()).not.toBe(next);
}, 60_000);

test('a server that cannot renew: it is tried again, and the former certificate goes on', async () => {
  const { hostId, lines } = await startApproved();
  const before = serial();
  for (let taken = 0; taken < 20; taken++) await services.limits.renewals.take(hostId);
  await admin.hosts.rotateCertificate({ hostIds: [hostId] });
  await expect
    .poll(() => lines.filter((line) => line.includes('was not renewed')).length, { timeout: 10_000 })
    .toBeGreaterThan(1);
  expect(serial()).toBe(before);
  expect(services.presence.get(hostId)?.state).toBe('up');
});

test('lapsed while it was off, up to the limit: it comes back by itself, and the history says so', async () => {
  const { hostId, end } = await startApproved();
  await end();
  await lapse(hostId, 89.5);
  startAgent();
  await expect.poll(() => services.presence.get(hostId)?.state, { timeout: 10_000 }).toBe('up');
  const events = await services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'recovered'));
  expect(events).toMatchObject([{ hostId, detail: '90' }]);
  expect(services.logged).toContainEqual(expect.objectContaining({ msg: 'agent refused', reason: 'expired' }));
});

test('lapsed for longer: it says what is to be done, and that mends it', async () => {
  const { hostId, end } = await startApproved();
  await end();
  await lapse(hostId, 90.5);
  const again = startAgent();
  await again.until('an administrator must delete this host on the server');
  expect(services.presence.get(hostId)?.state).toBe('down');

  await admin.hosts.delete({ hostId });
  await again.until('waiting for an administrator to compare');
  await expect
    .poll(async () => (await services.db.select().from(hosts)).map(({ approval }) => approval))
    .toEqual(['pending']);
});

/** Leaves what an agent has that was killed between its renewal and the connection with it. Returns the next serial. */
async function renewInItsPlace(hostId: string): Promise<string> {
  const next = openIdentity(folder, NEXT_PAIR);
  const connected = callerFor(services, { listener: 'channel', agent: { ...agentOf(hostId), serial: serial() } });
  const { certificate } = await connected.agents.renewCertificate({ csr: await createCsr(next, 'a.test') });
  keepCertificate(folder, certificate, next, [services.authority.signing.pem]);
  return new X509Certificate(certificate).serialNumber;
}

/** Lets so many days pass since the end of what a host holds, for the server and for the agent. */
async function lapse(hostId: string, days: number) {
  const [held] = await certificatesOf(hostId);
  vi.useFakeTimers({ toFake: ['Date'], now: held!.notAfter.getTime() + days * DAY_MS });
  onTestFinished(() => void vi.useRealTimers());
}
