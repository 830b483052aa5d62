import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * How many approved hosts were in which state, a row for every five minutes in which a server was at work. What has no
 * row had no server.
 */
export const hostCounts = pgTable('host_count', {
  /** A whole multiple of five minutes since 1970. */
  at: instant('at').primaryKey(),
  /** From when until when in it a server was seen at work. */
  began: instant('began').notNull(),
  until: instant('until').notNull(),
  // As it was when it began.
  up: integer().notNull(),
  down: integer().notNull(),
  warning: integer().notNull(),
  critical: integer().notNull(),
});
