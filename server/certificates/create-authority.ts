import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { keyFingerprint } from '../../agent/fingerprint';
import { validity } from './validity';
import * as x509 from './x509';

const YEARS = 20;

/** Makes a CA: its key (PKCS #8 PEM, unencrypted) and its self-signed certificate (PEM). Writes nothing. */
export async function createAuthority(now: Date): Promise<{ key: string; certificate: string }> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyDer = pair.publicKey.export({ type: 'spki', format: 'der' });
  const publicKey = new x509.PublicKey(publicKeyDer);
  // Two CAs must not share a name: verifiers look a CA up by name, and a browser that trusts one would blame the other.
  const name = `SysManage CA ${keyFingerprint(publicKeyDer).slice(0, 8)}`;
  const subject = new x509.Name([{ CN: [{ utf8String: name }] }]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject,
    issuer: subject,
    publicKey,
    signingKey: await signingKey(pair.privateKey),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    ...validity(now, YEARS * 365),
    extensions: [
      // Path length 0: a leaf that somehow signs others makes no chain.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `${certificate.toString('pem')}\n`,
  };
}

/** The key in a form that signs but cannot be read back, so that nothing can log or send it. */
export function signingKey(privateKey: KeyObject): Promise<CryptoKey> {
  const pkcs8 = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}
