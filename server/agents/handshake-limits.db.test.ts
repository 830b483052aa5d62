import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { administratorOf, callerFor, registrationOf, testServices } from '../testing';
import { findHostAddresses, createHandshakeLimits } from './handshake-limits';
import { enrolledHost, serveApi, type Shown } from './testing';

type Services = Awaited<ReturnType<typeof testServices>>;

/** One TLS handshake from an address of the loopback network; rejects when the server does not want it. */
async function shakeHands(services: Services, port: number, shown: Shown = {}, localAddress = '127.0.0.1'): Promise<void> {
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
async function askForConnection(services: Services, port: number, shown: Shown, localAddress = '127.0.0.1'): Promise<number> {
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
  expect(services.logged.filter(({ level, msg }) => level === 40 && String(msg).startsWith('connection refused'))).toHaveLength(1);
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
  const { limits, log } = services;
  const counted: string[] = [];
  const handshakesFrom: typeof limits.handshakesFrom = {
    take: (address) => (counted.push(address), limits.handshakesFrom.take(address)),
    giveBack: (address, points) => limits.handshakesFrom.giveBack(address, points),
  };
  const port = await serveApi({ ...services, handshakes: createHandshakeLimits({ limits: { ...limits, handshakesFrom }, log, hostsFrom: [] }) });
  for (const address of ['127.0.0.2', '127.0.0.3']) await shakeHands(services, port, {}, address);

  for (const address of ['127.0.0.4', '127.0.0.5']) await expect(shakeHands(services, port, {}, address)).rejects.toMatchObject(refused);

  expect(counted).toEqual(['127.0.0.2', '127.0.0.3']);
});

test('an address that has used up its own takes nothing of what is for all strangers', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES_PER_ADDRESS: '1', SYSMANAGE_ENROLMENT_HANDSHAKES: '3' });
  const port = await serveApi(services);
  await shakeHands(services, port);
  for (let i = 0; i < 5; i++) await expect(shakeHands(services, port)).rejects.toMatchObject(refused);
  for (const address of ['127.0.0.2', '127.0.0.3']) await shakeHands(services, port, {}, address);
});

test('after a start, addresses that approved hosts registered from are known, and no others', async () => {
  const services = await testServices({ SYSMANAGE_ENROLMENT_HANDSHAKES: '3' });
  const admin = await administratorOf(services);
  for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
    const { enrolmentId: hostId } = await callerFor(services, { listener: 'api', address }).agents.register(await registrationOf(`at-${address}.example.com`));
    if (address !== '127.0.0.3') await admin.hosts.approve({ hostId });
    if (address === '127.0.0.4') await admin.hosts.revoke({ hostId });
  }
  const { limits, log, db } = services;
  const port = await serveApi({ ...services, handshakes: createHandshakeLimits({ limits, log, hostsFrom: await findHostAddresses(db) }) });

  for (let i = 0; i < 3; i++) await shakeHands(services, port);

  await shakeHands(services, port, {}, '127.0.0.2');
  for (const address of ['127.0.0.1', '127.0.0.3', '127.0.0.4']) await expect(shakeHands(services, port, {}, address)).rejects.toMatchObject(refused);
});
