import { sql, type SQLWrapper } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What tells two names of fleets apart. By no locale, as `lowerEmail`. */
export const lowerName = (name: SQLWrapper) => sql`lower(${name} collate "C")`;

/** Hosts under a name: those that people list, and those of which a rule is true. */
export const fleets = pgTable(
  'fleet',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    name: text().notNull(),
    description: text().notNull().default(''),
    /** What its hosts are tagged with while they are in it. No rule reads these: they would make members by members. */
    tags: jsonb().$type<string[]>().notNull().default([]),
    /** As it was written (docs/rules.md). Null: only who is listed. */
    rule: text(),
    /** The columns of `host` by which the rule becomes true or false. */
    reads: jsonb().$type<string[]>().notNull().default([]),
    /** False from a change of the rule until `fleet_host` says what it says. */
    isSettled: boolean('is_settled').notNull().default(true),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (fleet) => [
    uniqueIndex('fleet_name_unique').on(lowerName(fleet.name)),
    index('fleet_by_name').on(lowerName(fleet.name), fleet.id),
    index('fleet_unsettled')
      .on(fleet.id)
      .where(sql`not is_settled`),
  ],
);
