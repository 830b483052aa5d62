/** What the agents' listener keeps when its certificate is replaced under way. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { connectAgent, enrolledHost, knock } from '../agents/testing';
import { createApiServer, replaceCertificate } from '../api';
import { administratorOf, testServices } from '../testing';
import { ensureServerCertificate } from './served/ensure-server-certificate';

let services: Awaited<ReturnType<typeof testServices>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let port: number;
let replace: () => Promise<void>;

beforeEach(async () => {
  services = await testServices();
  host = await enrolledHost(services, await administratorOf(services));
  const certificateFor = (...names: string[]) =>
    ensureServerCertificate(services.authority, { directory: services.config.certificates.path, names });
  const server = createApiServer(services, await certificateFor('127.0.0.1'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  replace = async () => replaceCertificate(server, await certificateFor('127.0.0.1', 'new.example'));
  onTestFinished(async () => {
    await services.sockets.closeAll('');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
});

async function shakeHands(options: ConnectionOptions) {
  const socket = connect({ port, host: '127.0.0.1', ca: services.authority.signing.pem, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

test('open agents stay connected, and new ones see the new certificate', async () => {
  const agent = await connectAgent(services, port, host.shown);
  const asked = { servername: 'new.example' };
  await expect(shakeHands(asked)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });

  await replace();

  expect((await shakeHands(asked)).authorized).toBe(true);
  agent.ping();
  await once(agent, 'pong');
});

test('client certificates are still asked for, and still judged', async () => {
  await replace();
  expect((await knock(services, port, host.shown)).answer).toMatch(/^HTTP\/1\.1 101 /);
  expect((await knock(services, port, {})).answer).toMatch(/^HTTP\/1\.1 403 /);
});

test('older TLS is still refused', async () => {
  await replace();
  await expect(shakeHands({ maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  });
});

test('a session from before is resumed, with the certificate its agent showed then', async () => {
  const { session } = await knock(services, port, host.shown);
  await replace();
  const resumed = await knock(services, port, host.shown, session);
  expect(resumed).toMatchObject({ wasResumed: true, answer: expect.stringMatching(/^HTTP\/1\.1 101 /) });
});

test('a session from before opens no door that was closed meanwhile', async () => {
  const { session } = await knock(services, port, host.shown);
  await replace();
  await (await administratorOf(services, 'other@example.com')).hosts.revoke({ hostId: host.hostId });
  const resumed = await knock(services, port, host.shown, session);
  expect(resumed).toMatchObject({ wasResumed: true, answer: expect.stringMatching(/^HTTP\/1\.1 403 /) });
});
