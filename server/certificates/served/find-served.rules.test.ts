/** What the certificates page and the banner say, of listeners that are really asked. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { certificates } from '../../../db/schema';
import { enrolledHost, serveApiOn } from '../../agents/testing';
import { replaceCertificate } from '../../api';
import { SERVER_ITSELF } from '../../hosts/visible-hosts';
import { administratorOf, testServices } from '../../testing';
import { ensureServerCertificate } from './ensure-server-certificate';
import { findAuthorities, findServed } from './find-served';
import { makeKeys, privateKeyPem } from '../testing';
import { createCertificateWatch, keepLookingAtCertificates } from './watch-certificates';
import * as x509 from '../der/x509';

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_TLS_CERT: '/dev/null', SYSMANAGE_TLS_KEY: '/dev/null' });
  admin = await administratorOf(services);
});

/** What a server would say that came to know of everything so many days from now. */
const warningsIn = (days: number) =>
  createCertificateWatch({ ...services, now: () => inDays(days) }).warnings(SERVER_ITSELF);

const file = (name: string) => join(services.config.certificates.path, name);
const printOf = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const certificateFor = (names: string[]) =>
  ensureServerCertificate(services.authority, { directory: services.config.certificates.path, names });

async function serveAgents() {
  const server = await serveApiOn(services);
  services.listeners.add('agents', { port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await services.certificateWatch.look();
  return server;
}

/** A listener for pages with an administrator's certificate of so many days, of which so many are left. */
async function servePages(life: number, left: number) {
  const keys = await makeKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=pages.example.com, O="Example, Inc."',
    keys,
    notBefore: inDays(left - life),
    notAfter: inDays(left),
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'pages.example.com' },
        { type: 'ip', value: '192.0.2.1' },
      ]),
    ],
  });
  const cert = made.toString('pem');
  services.config.tls.cert = file('web.crt');
  await writeFile(services.config.tls.cert, cert);
  const server = createServer({ cert, key: await privateKeyPem(keys) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  services.listeners.add('web', { port: (server.address() as AddressInfo).port });
  await services.certificateWatch.look();
  return cert;
}

describe('what a listener serves', () => {
  test('is asked of it: a file that was replaced is not what is served until it is loaded', async () => {
    const server = await serveAgents();
    const { cert: before } = await certificateFor(['127.0.0.1']);
    expect(await findServed(services)).toMatchObject([
      {
        listener: 'agents',
        certificate: { fingerprint: printOf(before) },
        stage: 'good',
        fileState: 'same',
        renewedBy: 'itself',
      },
    ]);

    const next = await certificateFor(['127.0.0.1', 'new.example']);
    expect(await findServed(services)).toMatchObject([
      { certificate: { fingerprint: printOf(before) }, fileState: 'another' },
    ]);

    replaceCertificate(server, next);
    expect(await findServed(services)).toMatchObject([
      { certificate: { fingerprint: printOf(next.cert), names: ['127.0.0.1', 'new.example'] }, fileState: 'same' },
    ]);
  });

  test('is told of the pages too, with the administrator as who renews it', async () => {
    const cert = await servePages(365, 100);
    const [served] = await findServed(services);
    const { serialNumber } = new X509Certificate(cert);
    expect(served).toMatchObject({
      listener: 'web',
      renewedBy: 'administrator',
      file: services.config.tls.cert,
      stage: 'good',
      certificate: {
        subject: 'CN=pages.example.com, O=Example\\, Inc.',
        issuer: 'CN=pages.example.com, O=Example\\, Inc.',
        names: ['pages.example.com', '192.0.2.1'],
        serial: serialNumber,
        fingerprint: printOf(cert),
      },
    });
    expect(Math.abs(Date.parse(served!.certificate!.notAfter) - inDays(100).getTime())).toBeLessThan(60_000);
  });

  test('is unknown, and logged, where nobody answers', async () => {
    const server = await serveAgents();
    server.close();
    await once(server, 'close');
    expect(await findServed(services)).toMatchObject([{ certificate: null, stage: 'good', fileState: null }]);
    expect(services.logged.at(-1)).toMatchObject({ level: 40, listener: 'agents' });
    // Under a flood it does not answer either, and its end is not to be overlooked for that.
    expect(await warningsIn(336)).toMatchObject([{ kind: 'listener', listener: 'agents' }]);
    await rm(file('server.crt'));
    expect(await findServed(services)).toMatchObject([{ certificate: null, stage: null, fileState: null }]);
  });

  test('stands beside a file that is gone or no certificate any more', async () => {
    await serveAgents();
    await writeFile(file('server.crt'), 'half of a');
    expect(await findServed(services)).toMatchObject([{ certificate: {}, fileState: 'unusable' }]);
    await rm(file('server.crt'));
    expect(await findServed(services)).toMatchObject([{ certificate: {}, fileState: 'missing' }]);
  });
});

test('a listener is asked to the end before the watch has stopped, and may then close', async () => {
  const listener = createTcpServer().listen(0, '127.0.0.1');
  onTestFinished(() => void listener.close());
  await once(listener, 'listening');
  const asked = once(listener, 'connection') as Promise<[Socket]>;
  services.listeners.add('agents', { port: (listener.address() as AddressInfo).port, host: '127.0.0.1' });
  const watching = keepLookingAtCertificates(services);
  const [peer] = await asked;
  const stopped = watching.stop();
  peer.destroy();
  await stopped;
  expect(services.logged.at(-1)).toMatchObject({
    msg: 'the listener does not say what certificate it serves',
    listener: 'agents',
  });
});

test('the CA: its pin, its days, and how its key lies on disk at this moment', async () => {
  expect(await findAuthorities(services)).toMatchObject({
    keyAtRest: 'plain',
    authorities: [{ pin: services.authority.pin, isSigning: true, stage: 'good' }],
  });
  await writeFile(file('ca.key'), '-----BEGIN ENCRYPTED PRIVATE KEY-----');
  expect(await findAuthorities(services)).toMatchObject({ keyAtRest: 'encrypted' });
  await rm(file('ca.key'));
  expect(await findAuthorities(services)).toMatchObject({ keyAtRest: 'missing' });
});

test('the page has all of it in one answer, and the revocation list counts what is on it', async () => {
  await serveAgents();
  const { hostId } = await enrolledHost(services, admin);
  expect(await admin.certificates.served()).toMatchObject({
    listeners: [{}],
    authorities: [{}],
    revocationList: { entries: 0 },
  });
  await admin.hosts.revoke({ hostId });
  const { revocationList } = await admin.certificates.served();
  expect(revocationList).toMatchObject({ entries: 1 });
  expect(Date.parse(revocationList.nextUpdate) - Date.parse(revocationList.thisUpdate)).toBe(7 * DAY_MS);
});

describe('warnings', () => {
  test('none while all is well', async () => {
    await serveAgents();
    await servePages(90, 30);
    await enrolledHost(services, admin);
    expect(await admin.certificates.warnings()).toEqual([]);
  });

  test('of the pages’ certificate in its last quarter, and after its end', async () => {
    await servePages(90, 22);
    expect(await admin.certificates.warnings()).toMatchObject([{ kind: 'listener', listener: 'web' }]);
    await servePages(90, -1);
    expect(await admin.certificates.warnings()).toMatchObject([{ kind: 'listener', listener: 'web' }]);
  });

  test('that the new certificate is there, and only has to be loaded', async () => {
    await servePages(90, 10);
    await writeFile(services.config.tls.cert!, services.authority.signing.pem);
    await services.certificateWatch.look();
    expect(await admin.certificates.warnings()).toMatchObject([{ kind: 'unloaded', listener: 'web' }]);
  });

  test('of the agents’ listener only when its renewal did not come', async () => {
    await serveAgents();
    // It is renewed with a third of its 367 days left.
    expect(await warningsIn(334)).toEqual([]);
    expect(await warningsIn(336)).toMatchObject([{ kind: 'listener', listener: 'agents' }]);
  });

  test('of a CA half a year before it ends', async () => {
    expect(await warningsIn(20 * 365 - 181)).toEqual([]);
    expect(await warningsIn(20 * 365 - 179)).toMatchObject([
      { kind: 'authority', pin: services.authority.pin, notAfter: services.authority.signing.notAfter.toISOString() },
    ]);
  });

  test('of agents that should have renewed, and of how many it is too late for', async () => {
    await enrolledHost(services, admin);
    expect(await warningsIn(66)).toEqual([]);
    expect(await warningsIn(70)).toEqual([{ kind: 'held', count: 1, expired: 0 }]);
    expect(await warningsIn(91)).toEqual([{ kind: 'held', count: 1, expired: 1 }]);
  });
});

describe('what pages are told', () => {
  /** The host's certificate, as if its agent should have renewed it. */
  const ageCertificate = (hostId: string) =>
    services.db
      .update(certificates)
      .set({ notBefore: inDays(-85), notAfter: inDays(5) })
      .where(eq(certificates.hostId, hostId));

  test('is in memory: no page view shakes hands with a listener, or reads a key', async () => {
    const server = await serveAgents();
    let connections = 0;
    server.on('connection', () => connections++);
    await rm(file('ca.key'));
    for (let view = 0; view < 10; view++) {
      expect(await admin.certificates.warnings()).toEqual([]);
      expect(await admin.certificates.served()).toMatchObject({
        listeners: [{ fileState: 'same' }],
        keyAtRest: 'plain',
      });
    }
    expect(connections).toBe(0);
    await services.certificateWatch.look();
    expect(connections).toBe(1);
    expect(await admin.certificates.served()).toMatchObject({ keyAtRest: 'missing' });
  });

  test('is that nothing needs them any more, as soon as somebody has seen to it', async () => {
    const { hostId } = await enrolledHost(services, admin);
    await ageCertificate(hostId);
    expect(await admin.certificates.warnings()).toEqual([{ kind: 'held', count: 1, expired: 0 }]);
    await admin.hosts.revoke({ hostId });
    expect(await admin.certificates.warnings()).toEqual([]);
  });

  test('is what the rows say once they are counted anew, whichever process wrote them, and no page waits for that', async () => {
    const { hostId } = await enrolledHost(services, admin);
    let now = new Date();
    const watch = createCertificateWatch({ ...services, now: () => now });
    expect(await watch.warnings(SERVER_ITSELF)).toEqual([]);
    await ageCertificate(hostId);
    now = new Date(now.getTime() + 61_000);
    // While it is being counted.
    const counting = watch.recount();
    expect(await watch.warnings(SERVER_ITSELF)).toEqual([]);
    await counting;
    expect(await watch.warnings(SERVER_ITSELF)).toEqual([{ kind: 'held', count: 1, expired: 0 }]);
    await ageCertificate((await enrolledHost(services, admin, 'another.example.com')).hostId);
    now = new Date(now.getTime() + 120_000);
    expect(await watch.warnings(SERVER_ITSELF), 'nobody counted').toMatchObject([{ count: 2 }]);
  });

  test('is counted once, however many ask', async () => {
    await enrolledHost(services, admin);
    let reads = 0;
    const db = Object.assign(Object.create(services.db) as typeof services.db, {
      select: ((columns: never) => {
        reads++;
        return services.db.select(columns);
      }) as unknown as typeof services.db.select,
    });
    const watch = createCertificateWatch({ ...services, db });
    await watch.warnings(SERVER_ITSELF);
    const once = reads;
    await Promise.all(Array.from({ length: 20 }, () => watch.warnings(SERVER_ITSELF)));
    expect(reads).toBe(once);
    services.events.emit('host.deleted', { hostId: '01890000-0000-7000-8000-000000000000', from: 'pending' });
    await Promise.all(Array.from({ length: 20 }, () => watch.warnings(SERVER_ITSELF)));
    expect(reads).toBe(2 * once);
  });
});
