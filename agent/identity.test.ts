import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { hostIdOf, keepCertificate, readCertificate } from './certificate';
import { EXIT } from './process/exit-codes';
import { createCsr, openIdentity, proveEnrolment } from './identity';
import { enrolmentProof, enrolmentProofText, registration } from './protocol';
import { openStateFolder } from './state/open-folder';
import { issueFor, makeAuthority, makeStateFolder } from './testing';

function makeIdentity() {
  const folder = makeStateFolder();
  openStateFolder(folder);
  return { folder, identity: openIdentity(folder) };
}

it('is made once and found again', () => {
  const { folder, identity } = makeIdentity();
  expect(openIdentity(folder).publicKeyDer).toEqual(identity.publicKeyDer);
  expect(readFileSync(join(folder, 'client.key'), 'utf8')).toBe(identity.privateKeyPem);
});

it.each([
  ['nonsense', 'not a key'],
  [
    'a key of another curve',
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  ],
  [
    'a key of another kind',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ],
])('refuses %s, and does not overwrite it', (_, content) => {
  const { folder } = makeIdentity();
  writeFileSync(join(folder, 'client.key'), content);
  expect(() => openIdentity(folder)).toThrow(expect.objectContaining({ exitCode: EXIT.CONFIG }));
  expect(readFileSync(join(folder, 'client.key'), 'utf8')).toBe(content);
});

it('asks for a certificate with a request that its own key signed', async () => {
  const { identity } = makeIdentity();
  const csr = await createCsr(identity, 'web-01.example.org');
  const request = new x509.Pkcs10CertificateRequest(csr);
  expect(await request.verify()).toBe(true);
  expect(request.subject).toBe('CN=web-01.example.org');
  expect(Buffer.from(request.publicKey.rawData)).toEqual(identity.publicKeyDer);
  expect(registration.shape.csr.safeParse(csr).success).toBe(true);
});

it('proves possession for one enrolment and one challenge only', () => {
  const { identity } = makeIdentity();
  const enrolmentId = '0190a1b2-0000-7000-8000-000000000001';
  const proof = proveEnrolment(identity, enrolmentId, 'challenge');
  expect(enrolmentProof.safeParse(proof).error).toBeUndefined();
  const key = createPublicKey({ key: identity.publicKeyDer, format: 'der', type: 'spki' });
  const holds = (id: string, challenge: string) =>
    verify('sha256', Buffer.from(enrolmentProofText(id, challenge)), key, Buffer.from(proof.signature, 'base64'));
  expect(holds(enrolmentId, 'challenge')).toBe(true);
  expect(holds(enrolmentId, 'another')).toBe(false);
  expect(holds('0190a1b2-0000-7000-8000-000000000002', 'challenge')).toBe(false);
});

describe('the certificate', () => {
  const hostId = '0190a1b2-0000-7000-8000-00000000000a';

  it('is kept when it is for our key and from our CA', async () => {
    const { folder, identity } = makeIdentity();
    const authority = await makeAuthority();
    const pem = await issueFor(authority, await createCsr(identity, 'a.test'), hostId);
    expect(readCertificate(folder, identity, [authority.pem])).toBeNull();
    const kept = keepCertificate(folder, pem, identity, [(await makeAuthority()).pem, authority.pem]);
    expect(readCertificate(folder, identity, [authority.pem])).toBe(kept);
    expect(hostIdOf(kept)).toBe(hostId);
  });

  it('is refused when it is for another key, from another CA of the same name, or nonsense', async () => {
    const { folder, identity } = makeIdentity();
    const [authority, impostor] = [await makeAuthority('CA'), await makeAuthority('CA')];
    const other = await issueFor(authority, await createCsr(makeIdentity().identity, 'a.test'), hostId);
    const forged = await issueFor(impostor, await createCsr(identity, 'a.test'), hostId);
    expect(() => keepCertificate(folder, other, identity, [authority.pem])).toThrow(/another key/);
    expect(() => keepCertificate(folder, forged, identity, [authority.pem])).toThrow(/not signed by the pinned CA/);
    expect(() => keepCertificate(folder, 'nonsense', identity, [authority.pem])).toThrow(/cannot be read/);
    expect(readCertificate(folder, identity, [authority.pem])).toBeNull();
  });

  it('on disk that no longer fits is not used', async () => {
    const { folder, identity } = makeIdentity();
    const authority = await makeAuthority();
    keepCertificate(folder, await issueFor(authority, await createCsr(identity, 'a.test'), hostId), identity, [
      authority.pem,
    ]);
    expect(readCertificate(folder, identity, [(await makeAuthority()).pem])).toBeNull();
    expect(readCertificate(folder, makeIdentity().identity, [authority.pem])).toBeNull();
  });
});
