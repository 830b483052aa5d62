import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { hosts } from './hosts';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const hostId = () =>
  uuid('host_id')
    .notNull()
    .references(() => hosts.id, { onDelete: 'cascade' });
/** As on the wire (agent/protocol.ts). */
const section = () =>
  text({ enum: ['system', 'hardware', 'network', 'storage', 'users', 'packages', 'services', 'reboot'] }).notNull();

/** What a host is made of, as it told last: a row a section. */
export const hostFacts = pgTable(
  'host_fact',
  {
    hostId: hostId(),
    section: section(),
    /** As the host computed it, and as we did. */
    hash: text().notNull(),
    content: jsonb().$type<Record<string, string | number | boolean>>().notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (fact) => [primaryKey({ columns: [fact.hostId, fact.section] })],
);

/**
 * What changed since the first report: one fact each. `before` is null of a new one, `after` of one that is gone; else
 * they are JSON, as text: drizzle would read the string "5.1" in a jsonb as a number.
 */
export const hostFactChanges = pgTable(
  'host_fact_change',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    hostId: hostId(),
    at: instant('at').notNull(),
    section: section(),
    name: text().notNull(),
    before: text(),
    after: text(),
  },
  (change) => [index('host_fact_change_host').on(change.hostId, change.id)],
);

/**
 * Every package in every version that a host has, named once: hosts have their numbers. Once no host has it, it goes.
 */
export const software = pgTable(
  'software',
  { id: integer().primaryKey().generatedAlwaysAsIdentity(), name: text().notNull(), version: text().notNull() },
  (one) => [uniqueIndex('software_unique').on(one.name, one.version)],
);

/** What a host has now. A set a host rather than a row a package: 10,000 hosts of 500 packages are 10,000 rows. */
export const hostSoftware = pgTable(
  'host_software',
  {
    hostId: uuid('host_id')
      .primaryKey()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    softwareIds: integer('software_ids').array().notNull(),
  },
  (one) => [index('host_software_ids').using('gin', sql`${one.softwareIds}`)],
);
