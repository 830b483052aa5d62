import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../errors';
import { readCsr } from './read-csr';
import { makeCsr, makeKeys } from '../testing';
import { hostileDer } from './testing-hostile-der';
import { bitString, sequence } from './write-der';
import * as x509 from './x509';

const wrap = (der: Uint8Array, tag = 'CERTIFICATE REQUEST') => x509.PemConverter.encode(new Uint8Array(der), tag);
const unwrap = (pem: string) => Buffer.from(x509.PemConverter.decodeFirst(pem));

/** @param reason of the cause, which is for the log: the caller learns the code alone */
async function refused(pem: string, reason = '') {
  const failure = await readCsr(pem).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({ appCode: 'agent.csr_invalid', message: 'agent.csr_invalid' });
  expect((failure as AppError).cause?.message).toContain(reason);
}

test('takes the key out of a request, in one spelling', async () => {
  const keys = await makeKeys();
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
  const csr = await makeCsr(keys);
  const read = await readCsr(`\n${csr.replaceAll('\n', '\r\n')}\r\n`);
  expect(read.publicKeyDer.equals(spki)).toBe(true);
  expect(read.keyFingerprint).toBe(createHash('sha256').update(spki).digest('hex'));
});

test('refuses a request signed with another key than it asks for', async () => {
  const [mine, yours] = await Promise.all([makeKeys(), makeKeys()]);
  await refused(
    await makeCsr({ privateKey: mine.privateKey, publicKey: yours.publicKey }),
    'not signed with the key it asks for',
  );
});

test('refuses keys that are not P-256, and a P-256 key in a second spelling', async () => {
  const p384 = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify']);
  await refused(await makeCsr(p384), 'not an uncompressed P-256 key');
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const rsaKeys = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({ keys: rsaKeys, signingAlgorithm: rsa });
  await refused(made.toString('pem'), 'not an uncompressed P-256 key');
  await refused(wrap(request({ compressed: true })), 'not an uncompressed P-256 key');
});

test('refuses a signature over SHA-1', async () => {
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-1' };
  const made = await x509.Pkcs10CertificateRequestGenerator.create({ keys: await makeKeys(), signingAlgorithm });
  await refused(made.toString('pem'), 'not signed with ECDSA and SHA-256');
});

test('refuses a point that is not on the curve: its “private key” could be anything', async () => {
  await refused(wrap(request({ onCurve: false })), 'Invalid JWK EC key');
});

test('refuses a second spelling of the request itself', async () => {
  expect(await readCsr(wrap(request()))).toHaveProperty('keyFingerprint');
  await refused(wrap(request({ infoTag: 0x31 })), 'not a certificate request');
  await refused(wrap(request({ extra: '0500' })), 'not a certificate request');
});

test('refuses anything around, after, besides or instead of one request', async () => {
  const keys = await makeKeys();
  const csr = await makeCsr(keys);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=x', keys });
  const padded = Buffer.concat([unwrap(csr), Buffer.from([0x05, 0x00])]);
  for (const pem of [
    '',
    `${csr}\n${csr}`,
    `note to the reader\n${csr}`,
    wrap(padded),
    wrap(unwrap(csr), 'CERTIFICATE'),
    wrap(new Uint8Array(certificate.rawData)),
    unwrap(csr).toString('base64'),
    csr.replace('-----BEGIN', `${' '.repeat(4096)}-----BEGIN`),
  ]) {
    await refused(pem);
  }
});

test('any text, any bytes in the armour and any cut: refused, never another failure', async () => {
  const good = unwrap(await makeCsr(await makeKeys()));
  const cut = fc.nat(good.length - 1).map((end) => wrap(good.subarray(0, end)));
  const anything = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 1000 }).map((der) => wrap(der)),
    cut,
  );
  await fc.assert(
    fc.asyncProperty(anything, (pem) => refused(pem)),
    { numRuns: 500 },
  );
});

test('a good request with any one byte changed is refused: it has one spelling', async () => {
  const good = unwrap(await makeCsr(await makeKeys()));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 255 }), async (flip) => {
      for (const at of good.keys()) await refused(wrap(good.map((byte, index) => (index === at ? byte ^ flip : byte))));
    }),
    { numRuns: 5 },
  );
});

test('a good request that is hostile in one place, at any depth, is refused, never another failure', async () => {
  const good = unwrap(await makeCsr(await makeKeys()));
  await fc.assert(
    fc.asyncProperty(hostileDer(good), ({ der }) => refused(wrap(der))),
    { numRuns: 1000 },
  );
});

test('so is one that was signed anew over what is hostile in it', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = Buffer.from('300a06082a8648ce3d040302', 'hex');
  // What is asked for is the key alone: only what is wrong with that, or before it, can be hostile.
  await fc.assert(
    fc.asyncProperty(hostileDer(spki), async ({ der: key }) => {
      const info = sequence(Buffer.from('0201003000', 'hex'), key, Buffer.from('a000', 'hex'));
      const signature = bitString(sign('sha256', info, privateKey));
      await refused(wrap(sequence(info, algorithm, signature)));
    }),
    { numRuns: 300 },
  );
});

/** A correctly signed request, put together by hand so that each part can be spelt otherwise. */
function request({ compressed = false, onCurve = true, infoTag = 0x30, extra = '' } = {}): Buffer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  if (!onCurve) spki[spki.length - 1]! ^= 1;
  const key = compressed ? compress(spki) : spki;
  const info = element(infoTag, Buffer.from('0201003000', 'hex'), key, Buffer.from('a000', 'hex'));
  const signature = element(0x03, Buffer.of(0), sign('sha256', info, privateKey));
  return element(0x30, info, Buffer.from('300a06082a8648ce3d040302', 'hex'), signature, Buffer.from(extra, 'hex'));
}

/** The point in the compressed form of SEC 1, 2.3.3: the other half follows from whether it is odd. */
function compress(spki: Buffer): Buffer {
  const point = Buffer.concat([Buffer.of(2 + (spki.at(-1)! & 1)), spki.subarray(27, 59)]);
  return element(0x30, Buffer.from('301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'), point);
}

/** Of less than 256 bytes. */
function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...(content.length < 0x80 ? [] : [0x81]), content.length]), content]);
}
