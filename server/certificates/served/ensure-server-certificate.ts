import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type AlternativeName, alternativeName } from '../der/alternative-name';
import type { Authority } from '../authority/authority';
import {
  CERTIFICATE_MODE,
  CertificateFileError,
  KEY_MODE,
  readCertificateFile,
  writeCertificateFile,
} from '../certificate-file';
import { SERVER_AUTH } from '../der/extensions';
import { readLeaf } from '../der/read-leaf';
import { signLeaf } from '../sign-leaf';
import { words } from '../../../words/words';

export interface ServerCertificate {
  /** PEM: the certificate and its CA's, which an agent's first contact takes from the handshake. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
  notAfter: Date;
}

interface Wanted {
  directory: string;
  /** DNS names and IP addresses that agents may use for this server. */
  names: string[];
  now?: Date;
  days?: number;
}

/**
 * The certificate of the agents' listener, from `server.crt` and `server.key` in the folder. A pair that is missing,
 * torn by a crash, of another CA, short of a name, or past two thirds of its life is replaced, key and all: agents pin
 * the CA, so nothing hangs on this one.
 * @throws CertificateFileError
 */
export async function ensureServerCertificate(
  authority: Authority,
  { directory, names, now = new Date(), days = 365 }: Wanted,
): Promise<ServerCertificate> {
  const keyPath = join(directory, 'server.key');
  const certificatePath = join(directory, 'server.crt');
  const wanted = names.map((name) => alternativeName(name) ?? unusable(name, certificatePath));

  const heldKey = await readCertificateFile(keyPath);
  const heldPem = await readCertificateFile(certificatePath);
  const held = heldKey && heldPem ? judge(authority, heldKey, heldPem, now) : undefined;
  if (held && wanted.every((name) => covers(held, name))) return serving(authority, held, heldKey!);

  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { der } = signLeaf(authority, {
    publicKeyDer: pair.publicKey.export({ type: 'spki', format: 'der' }),
    subject: { commonName: 'SysManage server' },
    alternativeNames: [...wanted, ...(held ? formerAddresses(held, wanted) : [])],
    purpose: SERVER_AUTH,
    now,
    days,
  });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const issued = serving(authority, new X509Certificate(der), key);
  await writeCertificateFile(keyPath, issued.key, KEY_MODE);
  await writeCertificateFile(certificatePath, issued.cert, CERTIFICATE_MODE);
  return issued;
}

function serving({ signing }: Authority, certificate: X509Certificate, key: string): ServerCertificate {
  return { cert: `${certificate.toString()}${signing.pem}`, key, notAfter: readLeaf(certificate.raw).notAfter };
}

/** The certificate, when it can go on being served with this key, as far as its names are those wanted. */
function judge({ signing }: Authority, key: string, pem: string, now: Date): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { notBefore, notAfter } = readLeaf(certificate.raw);
    const renewAt = notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
    const fits =
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.verify(signing.publicKey) &&
      now >= notBefore &&
      now.getTime() < renewAt;
    return fits ? certificate : undefined;
  } catch {
    // Not a key or not a certificate: half of a restored backup, an editor's accident. It is replaced as if missing.
    return undefined;
  }
}

/** More names than these make every handshake longer for the sake of networks that may never come back. */
const MOST_NAMES = 64;

/**
 * The addresses of a certificate that is replaced for the sake of its names: a machine that goes back and forth between
 * two networks would else get a new one with every turn. The renewal by date forgets them.
 */
function formerAddresses({ subjectAltName }: X509Certificate, wanted: AlternativeName[]): AlternativeName[] {
  return [...(subjectAltName ?? '').matchAll(/IP Address:([0-9A-Fa-f.:]+)/g)]
    .flatMap(([, address]) => alternativeName(address!) ?? [])
    .filter(({ value }) => !wanted.some((name) => name.value === value))
    .slice(0, Math.max(0, MOST_NAMES - wanted.length));
}

/** @param host as an agent connects to it: a name or an address */
export function isCertificateFor(certificate: X509Certificate, host: string): boolean {
  const name = alternativeName(host);
  return name !== undefined && covers(certificate, name);
}

function covers(certificate: X509Certificate, { type, value }: AlternativeName): boolean {
  const match = type === 'ip' ? certificate.checkIP(value) : certificate.checkHost(value, { subject: 'never' });
  return match !== undefined;
}

function unusable(name: string, path: string): never {
  throw new CertificateFileError(words('server.certificate.no_name', { path, name }));
}
