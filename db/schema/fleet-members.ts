import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  check,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { fleets } from './fleets';
import { hosts } from './hosts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What a person decided of one host, whatever the rule says. */
export const fleetMembers = pgTable(
  'fleet_member',
  {
    fleetId: uuid('fleet_id')
      .notNull()
      .references(() => fleets.id, { onDelete: 'cascade' }),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    kind: text({ enum: ['listed', 'excepted'] }).notNull(),
    at: instant('at').notNull().defaultNow(),
    /** The e-mail of whoever decided, or the name of the enrolment token: kept as text, so that it outlives both. */
    by: text().notNull(),
  },
  (member) => [
    primaryKey({ columns: [member.fleetId, member.hostId] }),
    index('fleet_member_host').on(member.hostId),
    check('fleet_member_kind', sql`kind in ('listed', 'excepted')`),
  ],
);

/**
 * Which hosts are in which fleet: what `fleet_member` and the rules come to. Written by `settleMembers` alone, one
 * transaction at a time. No foreign keys: their checks would lock hosts that others change, and cost more than all
 * else. A row whose host or fleet is gone is deleted by the next settling, and nobody meets it before: whoever reads
 * members reads hosts.
 */
export const fleetHosts = pgTable(
  'fleet_host',
  {
    fleetId: uuid('fleet_id').notNull(),
    hostId: uuid('host_id').notNull(),
    /**
     * `claimed`: the rule is true of what a machine says that nobody has let in. It is a member, and gives nobody a
     * role: a stranger would otherwise choose who may let it in.
     */
    how: text({ enum: ['listed', 'ruled', 'claimed'] }).notNull(),
    since: instant('since').notNull().defaultNow(),
  },
  (member) => [
    primaryKey({ columns: [member.fleetId, member.hostId] }),
    index('fleet_host_host').on(member.hostId),
    check('fleet_host_how', sql`how in ('listed', 'ruled', 'claimed')`),
  ],
);

/**
 * How often members became others: counted in the transaction that writes `fleet_host`, so that whoever sees the number
 * sees what it counts. One row, from the first change on.
 */
export const fleetMembersVersion = pgTable('fleet_members_version', {
  id: smallint().primaryKey(),
  version: bigint({ mode: 'number' }).notNull(),
});

/**
 * Hosts that changed and whose fleets are to be looked at again. Triggers on `host` fill it, in the change's own
 * transaction.
 */
export const fleetDue = pgTable('fleet_due', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  hostId: uuid('host_id').notNull(),
  /** Which of the columns that a rule may read; null for a host that is new or gone. */
  columns: text().array(),
});
