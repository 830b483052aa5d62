import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { fleets } from './fleets';
import { hosts } from './hosts';
import { users } from './users';

/**
 * What somebody may do on one host, or on all hosts of a fleet, besides what their role lets them do everywhere. A row
 * is on one of the two.
 */
export const roleGrants = pgTable(
  'role_grant',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    hostId: uuid('host_id').references(() => hosts.id, { onDelete: 'cascade' }),
    fleetId: uuid('fleet_id').references(() => fleets.id, { onDelete: 'cascade' }),
    role: text({ enum: ['viewer', 'runner', 'operator'] }).notNull(),
  },
  (grant) => [
    uniqueIndex('role_grant_user_host').on(grant.userId, grant.hostId),
    uniqueIndex('role_grant_user_fleet').on(grant.userId, grant.fleetId),
    index('role_grant_host').on(grant.hostId),
    index('role_grant_fleet').on(grant.fleetId),
    check('role_grant_role', sql`role in ('viewer', 'runner', 'operator')`),
    check('role_grant_on_one', sql`num_nonnulls(host_id, fleet_id) = 1`),
  ],
);
