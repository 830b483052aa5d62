import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  doublePrecision,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { hosts } from './hosts';

/** When a host counts as ill, as people have said it; no row until somebody has. */
export const healthRuleLists = pgTable(
  'health_rule_list',
  {
    /** There is one. */
    id: boolean().primaryKey().default(true),
    /** As `ruleList` of server/health/rule-schema.ts has them. */
    rules: jsonb().$type<unknown[]>().notNull(),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (row) => [check('health_rule_list_is_one', sql`${row.id}`)],
);

/** What is wrong with a host now. `host.health` is the worst of it. */
export const healthFindings = pgTable(
  'health_finding',
  {
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** One that is in no list any more finds nothing. */
    ruleId: uuid('rule_id').notNull(),
    /** The mount, of what there are several of; else empty. */
    label: text().notNull(),
    since: timestamp('since', { withTimezone: true }).notNull(),
    /** What it was then. */
    value: doublePrecision().notNull(),
  },
  (finding) => [primaryKey({ columns: [finding.hostId, finding.ruleId, finding.label] })],
);
