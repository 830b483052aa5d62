import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keyFingerprint } from '../../../agent/fingerprint';
import { keyIdentifier, signerOf } from '../der/ecdsa';
import { forCertificatesAndLists, isAuthority, subjectKeyIdentifier } from '../der/extensions';
import { encodePem } from '../der/pem';
import { validity } from '../validity';
import { distinguishedName, newSerial, writeCertificate } from '../der/write-certificate';

const YEARS = 20;

/** Makes a CA: its key and its self-signed certificate (PEM). Writes nothing. */
export function createAuthority(now: Date): { privateKey: KeyObject; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyDer = publicKey.export({ type: 'spki', format: 'der' });
  // Two CAs must not share a name: verifiers look a CA up by name, and a browser that trusts one would blame the other.
  const name = distinguishedName({ commonName: `SysManage CA ${keyFingerprint(publicKeyDer).slice(0, 8)}` });
  const der = writeCertificate(
    {
      serial: newSerial(),
      issuer: name,
      ...validity(now, YEARS * 365),
      subject: name,
      publicKeyDer,
      extensions: [isAuthority, forCertificatesAndLists, subjectKeyIdentifier(keyIdentifier(publicKeyDer))],
    },
    signerOf(privateKey),
  );
  return { privateKey, certificate: encodePem('CERTIFICATE', der) };
}
