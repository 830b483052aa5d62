import { createHash, X509Certificate } from 'node:crypto';
import { keyFingerprint } from '../../agent/fingerprint';
import type { Authority } from './authority/authority';
import { CLIENT_AUTH } from './der/extensions';
import { type Leaf, readLeaf } from './der/read-leaf';

/** Our clock may have been set back since it signed. At the other end nothing is forgiven: expired is expired. */
const NOT_YET_VALID_TOLERANCE_MS = 24 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** For the log. The wire never says why. */
export type RefusalReason =
  | 'no_certificate'
  | 'unparsable'
  | 'unknown_authority'
  | 'not_client'
  | 'expired'
  | 'not_yet_valid'
  | 'malformed_subject';

export interface VerifiedCertificate {
  /** Upper-case hex, as OpenSSL prints it. */
  serial: string;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  keyFingerprint: string;
  hostId: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  fingerprint: string;
  /** Until when it counts. */
  notAfter: Date;
}

export type Verification =
  | ({ ok: true } & VerifiedCertificate)
  /** `clock`: for the log, when the dates are why. */
  | { ok: false; reason: RefusalReason; clock?: string };

/**
 * Whether these bytes are a client certificate that we signed and that counts now. Whether its host may connect is the
 * caller's question: compare `serial` and `keyFingerprint` with the host's row. Never throws, whatever the bytes.
 *
 * We ask this of every connection because TLS does not: after a resumed session `socket.authorized` is true for a
 * client that never showed a certificate.
 * @param der the peer's own certificate as it came, undefined when there was none
 */
export function verifyClientCertificate(
  { anchors }: Pick<Authority, 'anchors'>,
  der: Buffer | undefined,
  now: Date,
): Verification {
  if (!der || der.length === 0) return refused('no_certificate');
  const certificate = parse(der);
  if (!certificate) return refused('unparsable');

  // By name and by key: a name is anybody's to choose. Nothing below these lines sees bytes that our CA did not sign.
  if (!anchors.some((anchor) => certificate.checkIssued(anchor.certificate) && certificate.verify(anchor.publicKey))) {
    return refused('unknown_authority');
  }

  // Node's `keyUsage` is the *extended* key usage, as object identifiers; undefined when there is none.
  const purposes: string[] | undefined = certificate.keyUsage;
  if (certificate.ca || !purposes?.includes(CLIENT_AUTH)) return refused('not_client');

  const leaf = readOurs(der);
  if (!leaf) return refused('malformed_subject');
  if (now > leaf.notAfter) return refused('expired', { now, limit: leaf.notAfter });
  if (now.getTime() < leaf.notBefore.getTime() - NOT_YET_VALID_TOLERANCE_MS) {
    return refused('not_yet_valid', { now, limit: leaf.notBefore });
  }

  const hostId = hostIdOf(leaf);
  if (!hostId) return refused('malformed_subject');
  return {
    ok: true,
    serial: certificate.serialNumber,
    keyFingerprint: keyFingerprint(leaf.publicKeyDer),
    hostId,
    notAfter: leaf.notAfter,
    fingerprint: createHash('sha256').update(der).digest('hex'),
  };
}

/** Only our own clock is known here: who is wrong, it or the one that dated the certificate, a person must find out. */
function refused(reason: RefusalReason, dates?: { now: Date; limit: Date }): Verification {
  if (!dates) return { ok: false, reason };
  const days = (Math.abs(dates.now.getTime() - dates.limit.getTime()) / DAY_MS).toFixed(1);
  const says = reason === 'expired' ? 'counted until' : 'counts from';
  const clock =
    `this server's clock says ${dates.now.toISOString()}, the certificate ${says} ${dates.limit.toISOString()}: ` +
    `${days} days apart; if that cannot be, set the clock`;
  return { ok: false, reason, clock };
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // Node also takes PEM, and ignores bytes after the certificate: then what we read would not be what was signed.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when it is not of the shape we issue, although our key signed it. */
function readOurs(der: Buffer): Leaf | undefined {
  try {
    return readLeaf(der);
  } catch {
    return undefined;
  }
}

function hostIdOf({ organizationalUnits, uris }: Leaf): string | undefined {
  const [hostId] = organizationalUnits;
  const agreed = organizationalUnits.length === 1 && uris.length === 1 && uris[0] === `urn:uuid:${hostId}`;
  return agreed && hostId && UUID.test(hostId) ? hostId : undefined;
}
