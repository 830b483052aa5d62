import { type SQL, sql } from 'drizzle-orm';
import { bigint, check, customType, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const searchText = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** What a record says. Nothing refers to another table: the record outlives whoever did it and what it was done to. */
const content = () => ({
  /** To the millisecond, as the MAC covers it: finer digits could be changed without breaking it. */
  at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  /** A REST token speaks for its person. Never renamed: the seals cover it, and people filter by it. */
  actorKind: text('actor_kind', { enum: ['person', 'agent', 'apiKey', 'enrolmentToken', 'system'] }).notNull(),
  actorId: text('actor_id'),
  actorLabel: text('actor_label'),
  /** Stable dotted name: the noun, and what was done to it. */
  action: text().notNull(),
  objectKind: text('object_kind'),
  objectId: text('object_id'),
  objectLabel: text('object_label'),
  address: text(),
  requestId: text('request_id'),
  outcome: text({ enum: ['done', 'refused', 'failed'] }).notNull(),
  /** Why it was not done: an error's stable name. */
  code: text(),
  before: jsonb().$type<unknown>(),
  after: jsonb().$type<unknown>(),
});

/**
 * Where a record stands from the commit of its change until it is sealed, a moment later. Triggers refuse UPDATE and
 * TRUNCATE, and DELETE of what is not yet in `audit_record`.
 */
export const auditPending = pgTable('audit_pending', {
  /** UUIDv7: their order is that in which they were written. */
  id: uuid().primaryKey(),
  ...content(),
  /** HMAC-SHA256 of the record alone, hex: only what this server wrote is sealed. */
  mac: text().notNull(),
});

/**
 * How often what was refused was tried, until that is put on record: a row for each kind that is told apart, of which
 * there are few (server/audit/refusals.ts).
 */
export const auditRefusals = pgTable('audit_refusal', {
  /** SHA-256 of what makes the kind, hex. */
  key: text().primaryKey(),
  count: integer().notNull(),
  /** When its count is due. */
  until: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  /** The record of the count, but for its number, as `RecordContent`. */
  counted: jsonb().$type<Omit<typeof auditPending.$inferSelect, 'mac'>>().notNull(),
  /** HMAC-SHA256 of that, hex: nobody else has this server put on record what they like. */
  mac: text().notNull(),
});

/**
 * The audit log. Triggers refuse UPDATE, DELETE and TRUNCATE, and INSERT of what does not follow the last record
 * without a gap.
 */
export const auditRecords = pgTable(
  'audit_record',
  {
    /** From 1, without a gap: the order of the chain. */
    sequence: bigint({ mode: 'number' }).primaryKey(),
    id: uuid().notNull().unique('audit_record_id'),
    ...content(),
    /** Of the record before; 64 zeros for the first. */
    previousMac: text('previous_mac').notNull(),
    /** HMAC-SHA256, hex. */
    mac: text().notNull(),
    /** Words for the free search: whatever stands between ASCII punctuation. */
    search: searchText().generatedAlwaysAs(
      (): SQL => sql`to_tsvector('simple', regexp_replace(
        coalesce(actor_label, '') || ' ' || action || ' ' || coalesce(object_label, '') || ' ' || coalesce(object_id, '') || ' ' ||
        coalesce(address, '') || ' ' || coalesce(code, '') || ' ' || coalesce(request_id, ''), '[!-/:-@[-\`{-~]+', ' ', 'g'))`,
    ),
  },
  (record) => [
    // What JavaScript counts without a mistake: one number above it, and no process could read the log or go on with
    // it.
    check('audit_record_sequence', sql`sequence between 1 and 9007199254740991`),
    index('audit_record_at').on(record.at, record.sequence),
    // Whoever types an e-mail need not know how it was written.
    index('audit_record_actor').on(sql`lower(${record.actorLabel})`, record.at, record.sequence),
    index('audit_record_actor_id').on(record.actorId, record.at, record.sequence),
    index('audit_record_action').on(record.action, record.at, record.sequence),
    index('audit_record_object').on(record.objectId, record.at, record.sequence),
    // What was done is nearly all of it, and needs no index of its own.
    index('audit_record_not_done')
      .on(record.outcome, record.at, record.sequence)
      .where(sql`outcome <> 'done'`),
    index('audit_record_search').using('gin', record.search),
  ],
);
