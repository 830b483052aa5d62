import { and, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { auditPending, auditRecords } from '../../db/schema';
import { byInstant } from '../list/keyset';
import { cut, type List, readPage } from '../list/list';
import type { Services } from '../services';
import { storableInstant } from '../storable-instant';
import { storableText } from '../storable-text';

export const auditFilter = z.object({
  /** Words, each the beginning of one in who, what, on what, from where, code or request id. */
  search: storableText(253)
    .trim()
    .meta({ examples: ['web-01'] })
    .optional(),
  /** The label of whoever did it, such as an e-mail: whole, in capitals or not. */
  actor: storableText(256)
    .meta({ examples: ['admin@example.com'] })
    .optional(),
  /** The id of whoever did it, which stays when their e-mail changes. */
  actorId: storableText(256)
    .meta({
      description:
        'Of a person, a host, an API key or an enrolment token. What somebody does by an API key has the id of the key; `search` for their e-mail finds it too.',
      examples: ['01890000-0000-7000-8000-000000000000'],
    })
    .optional(),
  action: storableText(100)
    .meta({ examples: ['host.approve'] })
    .optional(),
  /** The id of what it was done to. */
  object: storableText(256)
    .meta({ examples: ['01890000-0000-7000-8000-000000000000'] })
    .optional(),
  outcome: z.enum(['done', 'refused', 'failed']).optional(),
  /** ISO 8601; `from` itself is in, `to` is not. */
  from: storableInstant.optional(),
  to: storableInstant.optional(),
});

export const auditPage = auditFilter.extend(cut(500));

export type AuditFilter = z.infer<typeof auditFilter>;
export type AuditPage = z.infer<typeof auditPage>;

const { search: _search, previousMac: _previousMac, mac: _mac, ...shown } = getTableColumns(auditRecords);

const selectRecords = ({ db }: Pick<Services, 'db'>) => db.select(shown).from(auditRecords);

export const auditList: List<
  Pick<Services, 'db'>,
  AuditFilter,
  Awaited<ReturnType<typeof selectRecords>>[number],
  'at'
> = {
  select: selectRecords,
  id: { of: (record) => record.sequence, schema: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) },
  conditions,
  orders: { at: byInstant(auditRecords.sequence, auditRecords.at, (record) => record.at) },
};

/** What is shown of a record. Instants are ISO 8601. */
export const recordRow = (row: Awaited<ReturnType<typeof selectRecords>>[number]) => ({
  ...row,
  at: row.at.toISOString(),
});

/** The order of the audit log. */
export const LATEST_FIRST = { sort: 'at', direction: 'desc' } as const;

/** One page of the audit log, newest first, and where the next one starts. Instants are ISO 8601. */
export async function listRecords(
  { db, audit }: Pick<Services, 'db' | 'audit'>,
  { cursor, limit, ...filter }: AuditPage,
) {
  // Whoever has just done something expects to see it; when that cannot be, what is sealed and how much is not.
  if (!cursor) await audit.trySeal();
  const { rows, nextCursor } = await readPage(auditList, { db }, { filter, ...LATEST_FIRST, cursor, limit });
  return { records: rows.map(recordRow), nextCursor, unsealed: await db.$count(auditPending) };
}

function conditions({ search, actor, actorId, action, object, outcome, from, to }: AuditFilter): (SQL | undefined)[] {
  // Not made small here: what is small depends on the database's locale, which made the index. It does the same to
  // both.
  const words = search?.split(/[\s!-/:-@[-`{-~]+/).filter(Boolean) ?? [];
  return [
    search
      ? sql`${auditRecords.search} @@ to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')})`
      : undefined,
    actor ? sql`lower(${auditRecords.actorLabel}) = lower(${actor})` : undefined,
    actorId ? eq(auditRecords.actorId, actorId) : undefined,
    action ? eq(auditRecords.action, action) : undefined,
    object ? eq(auditRecords.objectId, object) : undefined,
    outcomeIs(outcome),
    from ? gte(auditRecords.at, new Date(from)) : undefined,
    to ? lt(auditRecords.at, new Date(to)) : undefined,
  ];
}

/** Its index leaves out what was done, and PostgreSQL must see that in the query's own words, not in a parameter. */
function outcomeIs(outcome: AuditFilter['outcome']): SQL | undefined {
  if (!outcome) return undefined;
  return outcome === 'done'
    ? eq(auditRecords.outcome, outcome)
    : and(eq(auditRecords.outcome, outcome), sql`outcome <> 'done'`);
}
