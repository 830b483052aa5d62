import { setImmediate } from 'node:timers/promises';
import type { certificates } from '../../../db/schema';
import { ECDSA_WITH_SHA256, type Sign, signed } from './ecdsa';
import { authorityKeyIdentifier, listNumber, reasonCode } from './extensions';
import { integer, sequence, tagged, time } from './write-der';

export type RevocationReason = NonNullable<(typeof certificates.$inferSelect)['revocationReason']>;

export interface Revoked {
  /** Hex. */
  serial: string;
  revokedAt: Date;
  /** Null leaves it unsaid, which is how RFC 5280 spells `unspecified`. */
  reason: RevocationReason | null;
}

interface List {
  /** DER Name of the CA. */
  issuer: Buffer;
  /** The CA's key identifier. */
  keyIdentifier: Buffer;
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  revoked: Revoked[];
}

/** X.509 counts the versions of lists from 0 too. */
const VERSION_2 = integer(1);

/** Entries written without a pause: a few milliseconds, in which nothing else happens in this process. */
const BATCH = 1000;

/** CRLReason (RFC 5280, 5.3.1). */
const REASONS: Record<RevocationReason, Buffer> = {
  key_compromise: sequence(reasonCode(1)),
  superseded: sequence(reasonCode(4)),
  cessation_of_operation: sequence(reasonCode(5)),
  privilege_withdrawn: sequence(reasonCode(9)),
};

/** The DER of a certificate revocation list (RFC 5280, 5.1), version 2. */
export async function writeRevocationList(list: List, sign: Sign): Promise<Buffer> {
  const entries: Buffer[] = [];
  for (const revoked of list.revoked) {
    entries.push(entry(revoked));
    if (entries.length % BATCH === 0) await setImmediate();
  }
  const toBeSigned = sequence(
    VERSION_2,
    ECDSA_WITH_SHA256,
    list.issuer,
    time(list.thisUpdate),
    time(list.nextUpdate),
    // An empty list of entries is forbidden (5.1.2.6).
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    tagged(0, sequence(authorityKeyIdentifier(list.keyIdentifier), listNumber(list.number))),
  );
  return signed(toBeSigned, sign);
}

function entry({ serial, revokedAt, reason }: Revoked): Buffer {
  const parts = [integer(Buffer.from(serial, 'hex')), time(revokedAt)];
  return sequence(...parts, ...(reason ? [REASONS[reason]] : []));
}
