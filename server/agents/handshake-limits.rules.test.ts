import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { eq } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { administratorOf, callerFor, registrationOf, testServices } from '../testing';
import { findHostAddresses, createHandshakeLimits } from './handshake-limits';
import { hostPresence } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { enrolledHost, serveApi, type Shown } from './testing';

type Services = Awaited<ReturnType<typeof testServices>>;

/** One TLS handshake from an address of the loopback network; rejects when the server does not want it. */
async function shakeHands(
  services: Services,
  port: number,
  shown: Shown = {},
  localAddress = '127.0.0.1',
): Promise<void> {
  const socket = connect({
    socket: connectTcp({ port, host: '127.0.0.1', localAddress }),
    host: '127.0.0.1',
    ca: services.authority.signing.pem,
    ...shown,
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.destroy();
}

/** An approved host asks for a connection, on a TLS connection of its own. Returns the HTTP status. */
async function askForConnection(
  services: Services,
  port: number,
  shown: Shown,
  localAddress = '127.0.0.1',
): Promise<number> {
  const call = request({
    port,
    host: '127.0.0.1',
    localAddress,
    path: '/trpc/agents.connectionToken',
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
    ca: services.authority.signing.pem,
    ...shown,
  });
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  await text(response);
  return response.statusCode!;
}

/** As after a start: of addresses only what the database knows. */
async function restarted(services: Services): Promise<Services> {
  const { limits, log, db, config } = services;
  const hostsFrom = await findHostAddresses(db);
  return { ...services, handshakes: createHandshakeLimits({ limits, enrolment: config.enrolment, log, hostsFrom }) };
}

/** A TLS connection that stays open until it is told otherwise. */
async function hold(services: Services, port: number, localAddress = '127.0.0.1') {
  const tcp = connectTcp({ port, host: '127.0.0.1', localAddress });
  const socket = connect({ socket: tcp, host: '127.0.0.1', ca: services.authority.signing.pem });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** One request on it. Resolves with what is answered. */
async function ask(socket: Awaited<ReturnType<typeof hold>>, path: string, headers = ''): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const refused = { code: 'ECONNRESET' };
const perAddress = { SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '5' };

test('one address may begin only so many handshakes, and is refused before TLS begins; others may go on', async () => {
  const services = await testServices(perAddress);
  const port = await serveApi(services);
  for (let i = 0; i < 5; i++) await shakeHands(services, port);
  await expect(shakeHands(services, port)).rejects.toMatchObject(refused);

  const socket = connectTcp(port, '127.0.0.1');
  const heard: Buffer[] = [];
  socket.on('data', (data: Buffer) => heard.push(data));
  await expect(once(socket, 'close')).rejects.toMatchObject(refused);
  expect(heard).toEqual([]);

  await shakeHands(services, port, {}, '127.0.0.2');
  expect(
    services.logged.filter(({ level, msg }) => level === 40 && String(msg).startsWith('connection refused')),
  ).toHaveLength(1);
});

test('a connection that never begins TLS counts as well', async () => {
  const services = await testServices(perAddress);
  const port = await serveApi(services);
  for (let i = 0; i < 5; i++) {
    const socket = connectTcp(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
  }
  await expect(shakeHands(services, port)).rejects.toMatchObject(refused);
});

test('hosts may come back as often as they like', async () => {
  const services = await testServices(perAddress);
  const { shown } = await enrolledHost(services, await administratorOf(services));
  const port = await serveApi(services);
  for (let i = 0; i < 20; i++) expect(await askForConnection(services, port, shown)).toBe(200);
});

test('a host is not locked out by strangers behind its address, nor a revoked one taken for a host', async () => {
  const services = await testServices(perAddress);
  const admin = await administratorOf(services);
  const { shown } = await enrolledHost(services, admin);
  const revoked = await enrolledHost(services, admin, 'web-02.example.com');
  await admin.hosts.revoke({ hostId: revoked.hostId });
  const port = await serveApi(services);
  await askForConnection(services, port, shown);
  for (let i = 0; i < 5; i++) await shakeHands(services, port);
  for (let i = 0; i < 10; i++) expect(await askForConnection(services, port, shown)).toBe(200);

  for (let i = 0; i < 5; i++) expect(await askForConnection(services, port, revoked.shown, '127.0.0.2')).toBe(403);
  await expect(askForConnection(services, port, revoked.shown, '127.0.0.2')).rejects.toMatchObject(refused);
});

test('strangers from many addresses use up what is for all strangers, and nothing that hosts need', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES: '5' });
  const { shown } = await enrolledHost(services, await administratorOf(services));
  const port = await serveApi(services);
  await askForConnection(services, port, shown);
  for (let i = 2; i < 7; i++) await shakeHands(services, port, {}, `127.0.0.${i}`);
  await expect(shakeHands(services, port, {}, '127.0.0.7')).rejects.toMatchObject(refused);
  for (let i = 0; i < 10; i++) expect(await askForConnection(services, port, shown)).toBe(200);
});

test('once what is for all strangers is used up, another address leaves no record of itself', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES: '2' });
  const { config, limits, log } = services;
  const counted: string[] = [];
  const handshakesFrom: typeof limits.handshakesFrom = {
    take: (address) => (counted.push(address), limits.handshakesFrom.take(address)),
    giveBack: (address, points) => limits.handshakesFrom.giveBack(address, points),
  };
  const port = await serveApi({
    ...services,
    handshakes: createHandshakeLimits({
      limits: { ...limits, handshakesFrom },
      enrolment: config.enrolment,
      log,
      hostsFrom: [],
    }),
  });
  for (const address of ['127.0.0.2', '127.0.0.3']) await shakeHands(services, port, {}, address);

  for (const address of ['127.0.0.4', '127.0.0.5'])
    await expect(shakeHands(services, port, {}, address)).rejects.toMatchObject(refused);

  expect(counted).toEqual(['127.0.0.2', '127.0.0.3']);
});

test('an address that has used up its own takes nothing of what is for all strangers', async () => {
  const services = await testServices({
    SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '1',
    SYSMANAGE_ENROLMENT_HANDSHAKES: '3',
  });
  const port = await serveApi(services);
  await shakeHands(services, port);
  for (let i = 0; i < 5; i++) await expect(shakeHands(services, port)).rejects.toMatchObject(refused);
  for (const address of ['127.0.0.2', '127.0.0.3']) await shakeHands(services, port, {}, address);
});

test('after a start, addresses that approved hosts registered from are known, and no others', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES: '3' });
  const admin = await administratorOf(services);
  for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
    const { enrolmentId: hostId } = await callerFor(services, { listener: 'api', address }).agents.register(
      await registrationOf(`at-${address}.example.com`),
    );
    if (address !== '127.0.0.3') await admin.hosts.approve({ hostId });
    if (address === '127.0.0.4') await admin.hosts.revoke({ hostId });
  }
  const port = await serveApi(await restarted(services));

  for (let i = 0; i < 3; i++) await shakeHands(services, port);

  await shakeHands(services, port, {}, '127.0.0.2');
  for (const address of ['127.0.0.1', '127.0.0.3', '127.0.0.4'])
    await expect(shakeHands(services, port, {}, address)).rejects.toMatchObject(refused);
});

describe('a fleet behind one address', () => {
  const fleet = { SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '2' };
  /** With the two tries that a stranger has, and the two beside hosts. */
  const tries = (hosts: number) => 4 + 6 * hosts;

  /** How many connections in a row are let in from there. */
  async function begin(services: Services, port: number, localAddress: string, most: number): Promise<number> {
    for (let i = 0; i < most; i++) {
      try {
        await shakeHands(services, port, {}, localAddress);
      } catch (error) {
        expect(error).toMatchObject(refused);
        return i;
      }
    }
    return most;
  }

  test('has room to come back after a start, by how many hosts were last connected from there', async () => {
    const services = await testServices(fleet);
    const ids = await seedHosts(
      services.db,
      Array.from({ length: 8 }, () => ({ registeredFrom: '127.0.0.2', presence: 'up' as const })),
    );
    // Five have moved since they registered.
    for (const id of ids.slice(3))
      await services.db.update(hostPresence).set({ address: '127.0.0.3' }).where(eq(hostPresence.hostId, id));
    const port = await serveApi(await restarted(services));

    expect(await begin(services, port, '127.0.0.3', 100)).toBeGreaterThanOrEqual(6 * 5);
    expect(await begin(services, port, '127.0.0.2', 100)).toBeLessThanOrEqual(tries(3));
    expect(await begin(services, port, '127.0.0.4', 100)).toBe(2);
  });

  test('has no more room than strangers once all of it is back', async () => {
    const services = await restarted(await testServices(fleet));
    const { handshakes } = services;
    const port = await serveApi({ ...services, handshakes });
    const { shown } = await enrolledHost(services, await administratorOf(services));
    await askForConnection(services, port, shown);
    const left = handshakes.arrived('127.0.0.1');
    const whileHere = await begin(services, port, '127.0.0.1', 100);
    expect(whileHere).toBeLessThanOrEqual(4);
    left();
    expect(await begin(services, port, '127.0.0.1', 100)).toBeGreaterThan(0);
  });
});

describe('open connections', () => {
  const few = { SYSMANAGE_ENROLMENT_CONNECTIONS_PER_ADDRESS: '2', SYSMANAGE_ENROLMENT_CONNECTIONS: '3' };

  test('a stranger holds only so many, whatever is asked on them, and all strangers together', async () => {
    const services = await testServices(few);
    const port = await serveApi(services);
    const held = [await hold(services, port), await hold(services, port)];
    for (const socket of held) expect(await ask(socket, '/host/by_fqdn/x')).toMatch(/^HTTP.1.1 401/);
    await expect(hold(services, port)).rejects.toMatchObject(refused);
    await hold(services, port, '127.0.0.2');
    await expect(hold(services, port, '127.0.0.3')).rejects.toMatchObject(refused);

    held[0]!.destroy();
    await expect
      .poll(() =>
        hold(services, port).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  test('those of hosts and of whoever has a key are none of them', async () => {
    const services = await testServices(few);
    const port = await serveApi(services);
    const admin = await administratorOf(services);
    const { key } = await admin.apiKeys.create({ name: 'script', permissions: ['hosts.read'], days: 1 });
    for (let i = 0; i < 5; i++) {
      const answer = await ask(await hold(services, port), '/hosts', `Authorization: Bearer ${key}\r\n`);
      expect(answer).toMatch(/^HTTP.1.1 200/);
    }
  });
});
