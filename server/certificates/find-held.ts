import { and, eq, gte, isNull, lt, lte, max, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { certificates, hosts } from '../../db/schema';
import { type Asker, hostsWith } from '../hosts/visible-hosts';
import { byInstant } from '../list/keyset';
import { countUpTo, cut, type List, readCountedPage } from '../list/list';
import { fromText } from '../rest/schema';
import { LONGEST_WARNING_MS, stageOf } from './nearing-end';

const DAY_MS = 24 * 60 * 60 * 1000;

export const heldFilter = z.object({
  show: z
    .enum(['all', 'within', 'overdue', 'expired'])
    .default('all')
    .meta({
      description:
        '`overdue` should have been renewed by its agent and was not; `within` ends in the next `days`. `all` when left out.',
    }),
  days: fromText(z.number().int().min(1).max(3650)).default(30).meta({ description: '30 when left out.' }),
});
type HeldFilter = z.infer<typeof heldFilter>;

export const heldQuery = heldFilter.extend(cut());
export type HeldQuery = z.infer<typeof heldQuery>;

const newer = alias(certificates, 'newer');

/**
 * Its host is approved, it is not withdrawn, and none of the host lasts longer: what an agent connects with. The
 * longest is looked up for each, by its index: as a join it is planned by what the database knows, which may be
 * nothing.
 */
const isHeld = (db: Database) =>
  and(
    isNull(certificates.revokedAt),
    eq(hosts.approval, 'approved'),
    gte(
      certificates.notAfter,
      db
        .select({ longest: max(newer.notAfter) })
        .from(newer)
        .where(and(eq(newer.hostId, certificates.hostId), isNull(newer.revokedAt))),
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

const { serial, fingerprint, notBefore, notAfter, issuedAt } = certificates;
const selectHeld = ({ db }: Ctx) =>
  db
    .select({ hostId: hosts.id, fqdn: hosts.fqdn, serial, fingerprint, notBefore, notAfter, issuedAt })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId));

/** `now` is what their ends are compared with. */
interface Ctx extends Asker {
  db: Database;
  now: Date;
}

/** Beyond this a page and a warning say "so many, or more". */
const MOST_COUNTED = 1000;

export const heldList: List<Ctx, HeldFilter, Awaited<ReturnType<typeof selectHeld>>[number], 'end'> = {
  select: selectHeld,
  scope: (asker) => hostsWith(asker, 'certificates.read'),
  id: { of: (row) => row.serial, schema: z.string().regex(/^[0-9A-F]{1,40}$/) },
  mostCounted: MOST_COUNTED,
  conditions: (filter, { db, now }) => [isHeld(db), shownBy(filter, now)],
  // Certificates give it in whole seconds, and many end in the same one.
  orders: { end: byInstant(serial, notAfter, (row) => row.notAfter) },
};

export const BY_END = { sort: 'end', direction: 'asc' } as const;

/** One page of what agents hold, what ends first on top, and how many there are in all. Instants are ISO 8601. */
export async function listHeld(
  { db, session }: { db: Database } & Asker,
  { cursor, limit, ...filter }: HeldQuery,
  now = new Date(),
) {
  const { rows, ...page } = await readCountedPage(heldList, { db, session, now }, { filter, ...BY_END, cursor, limit });
  return { certificates: rows.map((row) => heldRow(row, now)), ...page };
}

/** What is shown of one. Instants are ISO 8601. */
export const heldRow = (
  { notBefore, notAfter, issuedAt, ...row }: Awaited<ReturnType<typeof selectHeld>>[number],
  now: Date,
) => ({
  ...row,
  notBefore: notBefore.toISOString(),
  notAfter: notAfter.toISOString(),
  issuedAt: issuedAt.toISOString(),
  stage: stageOf({ notBefore, notAfter }, now),
});

/** How many need somebody, at most `MOST_COUNTED` of them. */
export const countUrgent = (ctx: Ctx, show: 'overdue' | 'expired') =>
  countUpTo(heldList, ctx, { filter: { show, days: 0 }, most: MOST_COUNTED });
