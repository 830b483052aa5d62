import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { certificates, clones, hostEvents, hosts } from '../../db/schema';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { SERVER_AUTH } from '../certificates/der/extensions';
import { signLeaf } from '../certificates/sign-leaf';
import { makeKeys, newAuthority, privateKeyPem } from '../certificates/testing';
import { EVERY } from '../events';
import { createServices, type Services } from '../services';
import { administratorOf, testServices } from '../testing';
import {
  HELLO,
  askForToken,
  connectAgent,
  enrolledHost,
  holderOf,
  knock,
  openTls,
  serveApi,
  serveApiOn,
  type Shown,
  upgradeLines,
} from './testing';

const BARE_403 = [
  'HTTP/1.1 403 Forbidden',
  "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options: nosniff',
  'Referrer-Policy: no-referrer',
  'Cross-Origin-Opener-Policy: same-origin',
  'Cache-Control: no-store',
  'Connection: close',
  'Content-Length: 0\r\n\r\n',
].join('\r\n');
const DAY_MS = 24 * 60 * 60 * 1000;

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

/** The door stays shut, the log says why, and the wire does not. */
async function expectRefusal(shown: Shown, reason: string, session?: Buffer) {
  const { answer } = await knock(services, port, shown, session);
  expect(answer).toBe(BARE_403);
  expect(services.logged.at(-1)).toMatchObject({ msg: 'agent connection refused', reason });
}

/** A certificate of the host, made otherwise than approval makes it, and its serial known to the database. */
async function issue(authority: Services['authority'], now: Date): Promise<Shown> {
  const issued = await issueClientCertificate(authority, {
    csr: host.csr,
    hostId: host.hostId,
    fqdn: 'web-01.example.com',
    days: 1,
    now,
  });
  await services.db.insert(certificates).values({ ...issued, hostId: host.hostId });
  return { cert: issued.pem, key: host.shown.key };
}

test('the enrolled host is let in', async () => {
  expect((await knock(services, port, host.shown)).answer).toMatch(/^HTTP\/1\.1 101 /);
});

describe('refused', () => {
  test('no certificate', () => expectRefusal({}, 'no_certificate'));

  test('a certificate from another CA with our CA’s name', async () => {
    const other = await newAuthority();
    const { name, certificate } = services.authority.signing;
    const shown = await issue({ ...other, signing: { ...other.signing, name } }, new Date());
    expect(new X509Certificate(shown.cert!).issuer).toBe(certificate.subject);
    await expectRefusal(shown, 'unknown_authority');
  });

  test('expired', async () =>
    expectRefusal(await issue(services.authority, new Date(Date.now() - 2 * DAY_MS)), 'expired'));

  test('not yet valid beyond the tolerance', async () =>
    expectRefusal(await issue(services.authority, new Date(Date.now() + 4 * DAY_MS)), 'not_yet_valid'));

  test('for servers only', async () => {
    const keys = await makeKeys();
    const { pem } = signLeaf(services.authority, {
      publicKeyDer: Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)),
      subject: { commonName: 'web-01.example.com', organizationalUnit: host.hostId },
      alternativeNames: [{ type: 'url', value: `urn:uuid:${host.hostId}` }],
      purpose: SERVER_AUTH,
      now: new Date(),
      days: 1,
    });
    await expectRefusal({ cert: pem, key: await privateKeyPem(keys) }, 'not_client');
  });

  test('a certificate of ours whose serial is not in the database', async () => {
    await services.db.delete(certificates).where(eq(certificates.hostId, host.hostId));
    await expectRefusal(host.shown, 'unknown_serial');
  });

  test('the host has another key by now', async () => {
    await services.db.update(hosts).set({ keyFingerprint: 'another' }).where(eq(hosts.id, host.hostId));
    await expectRefusal(host.shown, 'another_key');
  });

  test('the host is rejected', async () => {
    await services.db.update(hosts).set({ approval: 'rejected' }).where(eq(hosts.id, host.hostId));
    await expectRefusal(host.shown, 'host_not_approved');
  });

  test('the host is revoked', async () => {
    await admin.hosts.revoke({ hostId: host.hostId });
    await expectRefusal(host.shown, 'certificate_revoked');
  });

  test('the host is deleted', async () => {
    await admin.hosts.delete({ hostId: host.hostId });
    await expectRefusal(host.shown, 'unknown_serial');
  });

  test('a TLS 1.3 session resumed without a certificate, which Node calls authorized', async () => {
    const { session } = await knock(services, port, {});
    const { wasResumed } = await knock(services, port, {}, session);
    expect(wasResumed).toBe(true);
    await expectRefusal({}, 'no_certificate', session);
  });

  test('a session resumed after its host was revoked', async () => {
    const { session, answer } = await knock(services, port, host.shown);
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    const resumed = await knock(services, port, host.shown, session);
    expect(resumed).toMatchObject({ wasResumed: true, answer: expect.stringMatching(/^HTTP\/1\.1 101 /) });

    await admin.hosts.revoke({ hostId: host.hostId });
    await expectRefusal(host.shown, 'certificate_revoked', session);
  });
});

test('a revocation outlives a restart, for full handshakes and for sessions from before', async () => {
  const { session } = await knock(services, port, host.shown);
  await admin.hosts.revoke({ hostId: host.hostId });
  const restarted = await createServices(services);
  onTestFinished(() => restarted.presence.stop());
  const portNow = await serveApi(restarted);
  expect((await knock(restarted, portNow, host.shown)).answer).toBe(BARE_403);
  expect((await knock(restarted, portNow, host.shown, session)).answer).toBe(BARE_403);
  const reasons = services.logged.filter(({ msg }) => msg === 'agent connection refused').map(({ reason }) => reason);
  expect(reasons).toEqual(['certificate_revoked', 'certificate_revoked']);
});

describe('the connection token', () => {
  const expectTokenRefusal = async (token: string | undefined, fault: string) => {
    const { answer } = await knock(services, port, host.shown, undefined, token ?? '');
    expect(answer).toBe(BARE_403);
    const { hostId, serial } = holderOf(host.shown);
    expect(services.logged.at(-1)).toMatchObject({
      msg: 'agent connection refused',
      reason: `token_${fault}`,
      hostId,
      serial,
    });
  };

  test('missing, or made up', async () => {
    await expectTokenRefusal(undefined, 'missing');
    await expectTokenRefusal('made-up', 'unknown');
  });

  /** A TLS connection that was given a token. */
  async function openGranted(shown: Shown = host.shown) {
    const { socket } = await openTls(services, port, shown);
    return { socket, token: (await askForToken(socket))! };
  }

  /** Asks for the upgrade on it. Returns the status. */
  async function upgrade(socket: TLSSocket, token: string): Promise<string> {
    socket.write([...upgradeLines(token), '', ''].join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString('latin1').split(' ')[1]!;
  }

  test('replayed: before its use, after it, and after a restart of the server', async () => {
    const { socket, token } = await openGranted();
    await expectTokenRefusal(token, 'unknown');
    expect(await upgrade(socket, token)).toBe('101');
    await expectTokenRefusal(token, 'unknown');

    const restarted = await createServices(services);
    onTestFinished(() => restarted.presence.stop());
    port = await serveApi(restarted);
    await expectTokenRefusal(token, 'unknown');
  });

  test('older than a minute', async () => {
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() - 60_000);
    const { socket, token } = await openGranted();
    clock.mockRestore();
    expect(await upgrade(socket, token)).toBe('403');
    expect(services.logged.at(-1)).toMatchObject({ msg: 'agent connection refused', reason: 'token_expired' });
  });

  test('is waited for on a connection that nothing is asked on, when those of others end', async () => {
    const server = await serveApiOn(services);
    server.keepAliveTimeout = 50;
    port = (server.address() as AddressInfo).port;
    const { socket, token } = await openGranted();
    const { socket: later } = await openTls(services, port, {});
    expect(await askForToken(later)).toBeUndefined();
    await once(later.resume(), 'close');
    expect(await upgrade(socket, token)).toBe('101');
  });

  test('of another host, or of another certificate of the same host; and it stays unspent', async () => {
    const other = await openGranted((await enrolledHost(services, admin, 'web-02.example.com')).shown);
    await expectTokenRefusal(other.token, 'unknown');
    expect(await upgrade(other.socket, other.token)).toBe('101');

    const second = await openGranted(await issue(services.authority, new Date()));
    await expectTokenRefusal(second.token, 'unknown');
  });

  test('is given to whoever shows the certificate, and to nobody else', async () => {
    const { socket, token } = await openGranted();
    expect(await upgrade(socket, token)).toBe('101');

    expect(await post('agents.connectionToken', {})).toMatchObject({
      status: 403,
      body: { error: { message: 'auth.forbidden' } },
    });
    expect(services.logged).toContainEqual(expect.objectContaining({ msg: 'agent refused', reason: 'no_certificate' }));

    await admin.hosts.revoke({ hostId: host.hostId });
    const { status, body } = await post('agents.connectionToken', host.shown);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).not.toMatch(/revoked/);
    expect(services.logged).toContainEqual(
      expect.objectContaining({ msg: 'agent refused', reason: 'certificate_revoked', hostId: host.hostId }),
    );
  });

  test('a certificate alone is not a connection: what a connected host may say is refused over HTTPS', async () => {
    const { status } = await post('agents.reportError', host.shown, { kind: 'failed', message: 'x' });
    expect(status).toBe(403);
    expect(await services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'agent_error'))).toEqual([]);
  });
});

test.each(['revoke', 'delete'] as const)('%s closes the open socket', async (act) => {
  const socket = await connectAgent(services, port, host.shown);
  const closed = once(socket, 'close');

  await admin.hosts[act]({ hostId: host.hostId });

  expect((await closed)[0]).toBe(4001);
});

test('a host that is revoked between the check and the open socket is not left connected', async () => {
  const slot = services.sockets.reserve({
    hostId: host.hostId,
    serial: holderOf(host.shown).serial,
    address: '127.0.0.1',
  });
  await admin.hosts.revoke({ hostId: host.hostId });
  const socket = await connectAgent(
    services,
    await serveApi(services),
    (await enrolledHost(services, admin, 'other.example.com')).shown,
  );
  expect(services.sockets.open(slot, socket)).toBe(false);
});

test('up when it connects, down with the reason when it goes', async () => {
  const socket = await connectAgent(services, port, host.shown);
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up', reason: null });

  const closed = nextPresence();
  socket.close(1000);
  await closed;
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'closed' });

  const again = await connectAgent(services, port, host.shown);
  const lost = nextPresence();
  again.terminate();
  await lost;
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'lost' });
});

describe('a second connection with the same certificate', () => {
  test('takes the place of one that does not answer, and the host stays up', async () => {
    const older = await connectAgent(services, port, host.shown);
    // Reads nothing from now on, as one whose network has died: no ping reaches it.
    older.pause();
    await connectAgent(services, port, host.shown);
    const closed = once(older, 'close');
    older.resume();

    expect((await closed)[0]).toBe(4002);
    expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up' });
    expect(await services.db.$count(clones)).toBe(0);
    expect(services.sockets.held(host.hostId)).toEqual([]);
  });

  test('comes at once when the older process was killed: its kernel says so', async () => {
    const older = await connectAgent(services, port, host.shown);
    older.terminate();
    await connectAgent(services, port, host.shown);
    expect(services.sockets.held(host.hostId)).toEqual([]);
    expect(services.sockets.holder(host.hostId)).toBeDefined();
    expect(await services.db.$count(clones)).toBe(0);
  });

  test('is held when the older answers, and the older goes on', async () => {
    const older = await connectAgent(services, port, host.shown);
    const newer = await connectAgent(services, port, host.shown);
    expect([older.readyState, newer.readyState]).toEqual([1, 1]);
    expect(services.sockets.held(host.hostId)).toHaveLength(1);
    await expect.poll(() => services.db.$count(clones)).toBe(1);

    // What becomes of the held one says nothing about the host.
    const gone = once(newer, 'close');
    newer.terminate();
    await gone;
    expect(services.presence.get(host.hostId)).toMatchObject({ state: 'up' });
  });

  test('of many, all but three are sent away', async () => {
    await connectAgent(services, port, host.shown);
    for (let i = 0; i < 3; i++) await connectAgent(services, port, host.shown);
    const fifth = await connectAgent(services, port, host.shown);
    expect((await once(fifth, 'close'))[0]).toBe(4004);
    expect(services.sockets.held(host.hostId)).toHaveLength(3);
  });

  test('is asked to come back later when the first is gone: the first may only be restarting', async () => {
    const older = await connectAgent(services, port, host.shown);
    const newer = await connectAgent(services, port, host.shown);
    older.close();
    const [code, reason] = (await once(newer, 'close')) as [number, Buffer];
    expect([code, Number(reason.toString())]).toEqual([1013, 300_000]);
    expect(services.presence.get(host.hostId)).toMatchObject({ state: 'down' });
  });

  test('two at the same moment: one speaks for the host, the other is held', async () => {
    await Promise.all([1, 2].map(() => connectAgent(services, port, host.shown)));
    await expect.poll(() => services.sockets.held(host.hostId).length).toBe(1);
    expect(services.sockets.holder(host.hostId)).toBeDefined();
  });
});

test('a frame larger than any message ends the connection', async () => {
  const socket = await connectAgent(services, port, host.shown);
  const down = nextPresence();
  socket.say('x'.repeat(300 * 1024));
  await down;
  expect(services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'protocol' });
});

describe('a machine that asks for too much', () => {
  const calls = {
    'agents.hello': (n: number) => ({ ...HELLO, kernel: `6.1.${n}` }),
    'agents.heartbeat': () => ({}),
    'agents.reportError': () => ({ kind: 'failed', message: 'x' }),
    'agents.obey': () => ({}),
  };

  test.each(Object.entries(calls))(
    'of %s is cut off, kept out, and on the host’s history once',
    async (path, inputOf) => {
      const socket = await connectAgent(services, port, host.shown);
      const closed = once(socket, 'close');
      // One after another, as fast as they are answered.
      for (let id = 0; socket.readyState === socket.OPEN && id < 2000; id++) {
        const answered = once(socket, 'message');
        socket.say({ id, method: 'mutation', params: { path, input: inputOf(id) } });
        await Promise.race([answered, closed]);
      }
      const [code, reason] = (await closed) as [number, Buffer];
      expect([code, reason.toString()]).toEqual([4005, path === 'agents.obey' ? 'other' : path]);
      await expect.poll(() => services.presence.get(host.hostId)).toMatchObject({ state: 'down', reason: 'protocol' });

      for (let n = 0; n < 3; n++) expect((await knock(services, port, host.shown)).answer).toMatch(/^HTTP\/1\.1 429 /);
      const cutOff = () => services.db.select().from(hostEvents).where(eq(hostEvents.kind, 'cut_off'));
      await expect.poll(cutOff).toMatchObject([{ hostId: host.hostId, detail: reason.toString() }]);
      expect(
        (await knock(services, port, (await enrolledHost(services, admin, 'web-02.example.com')).shown)).answer,
      ).toMatch(/^HTTP\/1\.1 101 /);
    },
  );

  test('at once is cut off before it is begun', async () => {
    const socket = await connectAgent(services, port, host.shown);
    const closed = once(socket, 'close');
    for (let id = 0; id < 20; id++)
      socket.say({ id, method: 'mutation', params: { path: 'agents.hello', input: calls['agents.hello'](id) } });
    expect(String((await closed)[1])).toBe('agents.hello');
  });

  test('a host that says what ours says, as often as it may, is not', async () => {
    const socket = await connectAgent(services, port, host.shown);
    const say = async (id: number, path: string, input: object) => {
      const answered = once(socket, 'message');
      socket.say({ id, method: 'mutation', params: { path, input } });
      await answered;
    };
    // A hello, the errors that waited, and a quarter of a minute of changes and measurements, all at once.
    for (let id = 0; id < 4; id++) await say(id, 'agents.hello', calls['agents.hello'](id));
    for (let id = 4; id < 104; id++) await say(id, 'agents.reportError', { kind: 'failed', message: 'x' });
    for (let id = 104; id < 124; id++) await say(id, 'agents.heartbeat', {});
    expect(socket.readyState).toBe(socket.OPEN);
  });
});

test('an open connection does not outlive its certificate', async () => {
  const soon = new Date(Date.now() + 1500);
  await services.db.update(certificates).set({ notAfter: soon }).where(eq(certificates.hostId, host.hostId));
  const socket = await connectAgent(services, port, host.shown);
  expect((await once(socket, 'close'))[0]).toBe(4001);
  expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
  expect(services.logged).toContainEqual(
    expect.objectContaining({ msg: 'agent disconnected: its certificate has expired', hostId: host.hostId }),
  );
});

interface TokenAnswer {
  result?: { data: { token: string; secret: string } };
  error?: { message: string };
}

async function post(procedure: string, shown: Shown, input?: object) {
  const call = request(`https://127.0.0.1:${port}/trpc/${procedure}`, {
    method: 'POST',
    ca: services.authority.signing.pem,
    headers: { 'content-type': 'application/json' },
    ...shown,
  });
  call.end(input && JSON.stringify(input));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: JSON.parse(await text(response)) as TokenAnswer };
}

function nextPresence(): Promise<void> {
  return new Promise((resolve) => {
    const stop = services.events.listen('host.presence', EVERY, () => {
      stop();
      resolve();
    });
  });
}
