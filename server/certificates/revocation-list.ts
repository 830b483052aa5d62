import { and, asc, gt, isNotNull, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { certificates, revocationLists } from '../../db/schema';
import { type EventBus, EVERY } from '../events';
import { keepLatest, type Latest } from './keep-latest';
import type { Authority } from './authority/authority';
import { encodePem } from './der/pem';
import { writeRevocationList } from './der/write-revocation-list';

const HOUR_MS = 60 * 60 * 1000;

/** How long a list counts: a verifier that cannot reach us for so long refuses everybody. */
const LIFETIME_MS = 7 * 24 * HOUR_MS;

/** Then a new one is made even if we heard of no revocation: another process may have revoked. */
const RENEW_AFTER_MS = HOUR_MS;

export interface RevocationList {
  der: Buffer;
  pem: string;
  /** Grows with every list. */
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
  /** How many certificates are on it. */
  entries: number;
}

/** Every revocation that was committed before the question is on the list. */
export type RevocationLists = Pick<Latest<RevocationList>, 'current'>;

interface Sources {
  db: Database;
  authority: Pick<Authority, 'signing'>;
  events: EventBus;
  now?: () => Date;
}

/**
 * What we tell others of certificates that we revoked; our own listener asks the rows. A list is made when somebody
 * asks and the last one is an hour old or older than a revocation. However many ask, one is made at a time.
 */
export function createRevocationLists(sources: Sources): RevocationLists {
  const { events, now = () => new Date() } = sources;
  const isFresh = ({ thisUpdate }: RevocationList) => now().getTime() < thisUpdate.getTime() + RENEW_AFTER_MS;
  const lists = keepLatest(() => makeRevocationList(sources, now()), isFresh);
  for (const name of ['host.access_withdrawn', 'certificate.superseded'] as const)
    events.listen(name, EVERY, lists.expire);
  return lists;
}

async function makeRevocationList({ db, authority: { signing } }: Sources, now: Date): Promise<RevocationList> {
  const nextUpdate = new Date(now.getTime() + LIFETIME_MS);
  const { number, revoked } = await db.transaction(async (tx) => {
    // Locks the row until the entries are read, so that of two processes the one with the higher number read later.
    const [counted] = await tx
      .insert(revocationLists)
      .values({ authority: signing.pin, number: 1 })
      .onConflictDoUpdate({ target: revocationLists.authority, set: { number: sql`${revocationLists.number} + 1` } })
      .returning({ number: revocationLists.number });
    const { serial, revokedAt, revocationReason: reason } = certificates;
    const rows = await tx
      .select({ serial, revokedAt: sql<Date>`${revokedAt}`.mapWith(revokedAt), reason })
      .from(certificates)
      // An entry stays until a list after the certificate's end has shown it (RFC 5280, 3.3); then it is dropped.
      .where(and(isNotNull(revokedAt), gt(certificates.notAfter, new Date(now.getTime() - LIFETIME_MS))))
      .orderBy(asc(revokedAt));
    return { number: counted!.number, revoked: rows };
  });
  const { name: issuer, keyIdentifier, sign } = signing;
  const der = await writeRevocationList({ issuer, keyIdentifier, number, thisUpdate: now, nextUpdate, revoked }, sign);
  return { der, pem: encodePem('X509 CRL', der), number, thisUpdate: now, nextUpdate, entries: revoked.length };
}
