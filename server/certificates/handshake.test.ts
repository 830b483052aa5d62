/** The certificates in real TLS handshakes: both ends check chains, names and purposes by the rules of OpenSSL. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { Authority } from './authority/authority';
import { ensureServerCertificate } from './served/ensure-server-certificate';
import { issueClientCertificate } from './issue-client-certificate';
import { makeCsr, makeKeys, newAuthority, privateKeyPem, temporaryFolder } from './testing';
import { verifyClientCertificate } from './verify-client-certificate';

const hostId = '0195a1c4-7d3e-7b21-9f00-3c5d8e2a4b6f';
const names = ['server.example', '127.0.0.1'];

/** Both ends of one handshake. The server, like ours, asks for a certificate and lets strangers in to enrol. */
async function shakeHands(authority: Authority, options: ConnectionOptions) {
  const { cert, key } = await ensureServerCertificate(authority, {
    directory: await temporaryFolder(),
    names,
    now: new Date(),
  });
  const server = createServer({
    cert,
    key,
    ca: authority.anchors.map(({ pem }) => pem),
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options });
  onTestFinished(() => void client.destroy());
  await once(client, 'secureConnect');
  const [peer] = await accepted;
  onTestFinished(() => void peer.destroy());
  return { client, peer };
}

async function clientOptions(authority: Authority): Promise<ConnectionOptions> {
  const keys = await makeKeys();
  const { pem } = await issueClientCertificate(authority, {
    csr: await makeCsr(keys),
    hostId,
    fqdn: 'a.example',
    days: 90,
  });
  return { cert: pem, key: await privateKeyPem(keys) };
}

/** Our own judgement of whom the server has before it. */
const judge = (authority: Authority, peer: TLSSocket) =>
  verifyClientCertificate(authority, peer.getPeerX509Certificate()?.raw, new Date());

test.each(['TLSv1.2', 'TLSv1.3'] as const)('server and client know each other by one CA over %s', async (version) => {
  const authority = await newAuthority();
  const trust = { ca: authority.signing.pem, minVersion: version, maxVersion: version };
  const { client, peer } = await shakeHands(authority, { ...trust, ...(await clientOptions(authority)) });
  expect(client.authorized).toBe(true);
  expect(peer.authorized).toBe(true);
  expect(judge(authority, peer)).toMatchObject({ ok: true, hostId });
});

test('the name is checked too', async () => {
  const authority = await newAuthority();
  await shakeHands(authority, { ca: authority.signing.pem, servername: 'server.example' });
  const wrong = shakeHands(authority, { ca: authority.signing.pem, servername: 'other.example' });
  await expect(wrong).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('a client that pinned another CA refuses ours', async () => {
  const other = await newAuthority();
  const strangers = shakeHands(await newAuthority(), { ca: other.signing.pem });
  await expect(strangers).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
});

test('an agent’s first contact finds the CA in the handshake', async () => {
  const authority = await newAuthority();
  const { client, peer } = await shakeHands(authority, { rejectUnauthorized: false });
  expect(client.getPeerCertificate(true).issuerCertificate.raw).toEqual(authority.signing.certificate.raw);
  expect(judge(authority, peer)).toEqual({ ok: false, reason: 'no_certificate' });
});

test('the server’s own certificate opens no door to an agent', async () => {
  const authority = await newAuthority();
  const asServer = await ensureServerCertificate(authority, {
    directory: await temporaryFolder(),
    names,
    now: new Date(),
  });
  const { peer } = await shakeHands(authority, { ca: authority.signing.pem, cert: asServer.cert, key: asServer.key });
  expect(peer.authorized).toBe(false);
  expect(judge(authority, peer)).toEqual({ ok: false, reason: 'not_client' });
});
