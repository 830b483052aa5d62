import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { hosts } from './hosts';
import { users } from './users';

/**
 * What somebody may do on one thing, besides what their role lets them do everywhere. A host is the only thing there
 * is; fleets will be another column, of which a row has one or the other.
 */
export const roleGrants = pgTable(
  'role_grant',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    role: text({ enum: ['viewer', 'operator'] }).notNull(),
  },
  (grant) => [
    primaryKey({ columns: [grant.userId, grant.hostId] }),
    index('role_grant_host').on(grant.hostId),
    check('role_grant_role', sql`role in ('viewer', 'operator')`),
  ],
);
