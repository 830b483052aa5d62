import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, FatalError } from '../process/exit-codes';
import { keyFingerprint } from '../fingerprint';
import { parsePin } from '../server-address';
import { FILES } from '../state/open-folder';
import { MODE, replaceFile } from '../state/write-file';
import { saidBy } from '../../words/said-error';
import { words } from '../../words/words';

/** The CAs this agent trusts. A set, so that one can be joined by its successor before it retires. */
export interface Anchors {
  /** PEM, one certificate each: the `ca` of every TLS connection. */
  authorities: string[];
  /** SHA-256 of their public keys, hex. Keys are pinned, so a CA certificate renewed with its key stays trusted. */
  pins: string[];
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @returns DER SubjectPublicKeyInfo */
export function publicKeyOf(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' });
}

export function pinOf(certificate: X509Certificate): string {
  return keyFingerprint(publicKeyOf(certificate));
}

/**
 * ca.crt and server.fingerprint. Either may be missing: pins alone are a promise about the first contact, and
 * a certificate alone was put there by an administrator. Throws FatalError CONFIG when they do not fit each other.
 */
export function readAnchors(folder: string): Anchors {
  const authoritiesPath = join(folder, FILES.authorities);
  const pinsPath = join(folder, FILES.pins);
  const authorities = (readIfThere(authoritiesPath)?.match(PEM_CERTIFICATE) ?? []).map((pem) =>
    parseAuthority(authoritiesPath, pem),
  );
  const written = readIfThere(pinsPath)
    ?.split('\n')
    .filter((line) => line.trim() !== '');
  const pins = written?.map((line) => pinFrom(pinsPath, line.trim())) ?? authorities.map(pinOf);
  const stray = authorities.map(pinOf).find((pin) => !pins.includes(pin));
  if (stray) {
    throw new FatalError(
      EXIT.CONFIG,
      words('agent.trust.stray', { authorities: authoritiesPath, pin: stray, pins: pinsPath }),
    );
  }
  return { authorities: authorities.map(String), pins };
}

export function writeAnchors(folder: string, { authorities, pins }: Anchors): void {
  // The pins last: a crash in between leaves a CA without pins, which reads as the same trust.
  replaceFile(join(folder, FILES.authorities), authorities.map((pem) => `${pem.trim()}\n`).join(''), MODE.open);
  replaceFile(join(folder, FILES.pins), pins.map((pin) => `${pin}\n`).join(''), MODE.open);
}

/** One CA and its successor are two. A server that goes on naming others must not fill the disk. */
const MAX_AUTHORITIES = 16;

/**
 * Trusts the CAs (PEM) that our server vouches for on its own sealed connection, besides those that `known` has, by
 * adding them to its arrays. None is taken away by this. Returns those that are new. Throws for what is no CA, before
 * anything is trusted.
 */
export function addAuthorities(known: Anchors, certificates: readonly string[]): Anchors {
  const added = certificates
    .map((pem) => new X509Certificate(pem))
    .filter((certificate) => !known.authorities.some((pem) => new X509Certificate(pem).raw.equals(certificate.raw)));
  if (added.some(({ ca }) => !ca)) throw new Error('not the certificate of a CA');
  if (known.authorities.length + added.length > MAX_AUTHORITIES) throw new Error('too many CAs');
  const news = {
    authorities: added.map(String),
    pins: [...new Set(added.map(pinOf))].filter((pin) => !known.pins.includes(pin)),
  };
  known.authorities.push(...news.authorities);
  known.pins.push(...news.pins);
  return news;
}

function parseAuthority(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new FatalError(EXIT.CONFIG, words('agent.trust.no_certificate', { path, pins: FILES.pins }));
  }
}

function pinFrom(path: string, line: string): string {
  try {
    return parsePin(line);
  } catch (error) {
    throw new FatalError(EXIT.CONFIG, words('agent.state.at', { path, mistake: saidBy(error) }));
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FatalError(EXIT.STATE, words('agent.state.unreadable', { path, reason: saidBy(error) }));
  }
}
