import { and, asc, count, eq, gt, gte, isNull, lt, lte, notExists, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { certificates, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { LONGEST_WARNING_MS, stageOf } from './nearing-end';

const DAY_MS = 24 * 60 * 60 * 1000;

export const heldFilter = z.object({
  /** `overdue` should have been renewed by its agent and was not; `within` ends in the next `days`. */
  show: z.enum(['all', 'within', 'overdue', 'expired']).default('all'),
  days: z.number().int().min(1).max(3650).default(30),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type HeldFilter = z.infer<typeof heldFilter>;

const newer = alias(certificates, 'newer');

/** Its host is approved, it is not withdrawn, and no other of the host lasts longer: what an agent connects with. */
const isHeld = (db: Database) =>
  and(
    isNull(certificates.revokedAt),
    eq(hosts.approval, 'approved'),
    notExists(
      db
        .select({ one: sql`1` })
        .from(newer)
        .where(and(eq(newer.hostId, certificates.hostId), isNull(newer.revokedAt), gt(newer.notAfter, certificates.notAfter))),
    ),
  );

function shownBy({ show, days }: Pick<HeldFilter, 'show' | 'days'>, now: Date): SQL | undefined {
  const { notAfter } = certificates;
  const inDays = (ms: number) => new Date(now.getTime() + ms);
  if (show === 'expired') return lt(notAfter, now);
  if (show === 'within') return and(gte(notAfter, now), lte(notAfter, inDays(days * DAY_MS)));
  return show === 'overdue' ? isOverdue(now) : undefined;
}

/** As `warnFrom` has it. The first half is what the index can answer: a few among every certificate there is. */
function isOverdue(now: Date): SQL | undefined {
  const { notBefore, notAfter } = certificates;
  const at = now.toISOString();
  return and(
    lte(notAfter, new Date(now.getTime() + LONGEST_WARNING_MS)),
    sql`${notAfter} - ${at}::timestamptz <= (${notAfter} - ${notBefore}) / 4`,
  );
}

/** The rows of one page and one more, by their end. */
export function selectHeld(db: Database, filter: HeldFilter, now: Date) {
  const { serial, fingerprint, notBefore, notAfter, issuedAt } = certificates;
  return db
    .select({ hostId: hosts.id, fqdn: hosts.fqdn, serial, fingerprint, notBefore, notAfter, issuedAt })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .where(and(isHeld(db), shownBy(filter, now), filter.cursor ? after(filter.cursor) : undefined))
    .orderBy(asc(notAfter), asc(serial))
    .limit(filter.limit + 1);
}

/** One page of what agents hold, what ends first on top, and how many there are in all. Instants are ISO 8601. */
export async function listHeld({ db }: { db: Database }, filter: HeldFilter, now = new Date()) {
  const rows = await selectHeld(db, filter, now);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    certificates: page.map(({ notBefore, notAfter, issuedAt, ...row }) => ({
      ...row,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      issuedAt: issuedAt.toISOString(),
      stage: stageOf({ notBefore, notAfter }, now),
    })),
    nextCursor: rows.length > filter.limit && last ? writeCursor(last) : null,
    total: await countHeld(db, filter, now),
  };
}

/** How many a filter shows. */
async function countHeld(db: Database, filter: HeldFilter, now: Date): Promise<number> {
  const [counted] = await db
    .select({ n: count() })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .where(and(isHeld(db), shownBy(filter, now)));
  return counted!.n;
}

/** Beyond this a warning says "so many, or more". */
export const MOST_COUNTED = 1000;

/**
 * How many need somebody, at most `MOST_COUNTED` of them. Without the bound and the order the
 * database would expect thousands (it does not know that what has ended is nearly always withdrawn) and read both
 * tables through.
 */
export function countUrgent(db: Database, show: 'overdue' | 'expired', now: Date) {
  const some = db
    .select({ serial: certificates.serial })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .where(and(isHeld(db), shownBy({ show, days: 0 }, now)))
    .orderBy(asc(certificates.notAfter), asc(certificates.serial))
    .limit(MOST_COUNTED)
    .as('some');
  return db.select({ n: count() }).from(some);
}

/** The last row's end, which certificates give in whole seconds, and its serial, because many end in the same one. */
const cursor = z.tuple([z.iso.datetime({ precision: 3 }).refine((text) => Date.parse(text) >= 0), z.string().regex(/^[0-9A-F]{1,40}$/)]);

const writeCursor = ({ notAfter, serial }: { notAfter: Date; serial: string }) =>
  Buffer.from(JSON.stringify([notAfter.toISOString(), serial])).toString('base64url');

function after(text: string): SQL {
  try {
    const [end, serial] = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return sql`(${certificates.notAfter}, ${certificates.serial}) > (${end}::timestamptz, ${serial})`;
  } catch (cause) {
    throw new AppError('input.invalid', { cause });
  }
}
