import { boolean, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { fleets } from './fleets';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What new machines may bring to join. Never deleted, so that a host's page can always say which one it came with. */
export const enrolmentTokens = pgTable(
  'enrolment_token',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    name: text().notNull(),
    /** SHA-256 of the credential's bytes, hex: a copy of the database enrols nobody. */
    hash: text().notNull(),
    /** Given to every host that comes with it. */
    tags: jsonb().$type<string[]>().notNull(),
    /** Its hosts are listed in it. */
    fleetId: uuid('fleet_id').references(() => fleets.id, { onDelete: 'set null' }),
    autoApprove: boolean('auto_approve').notNull(),
    /** How many machines may come with it; null for any number. */
    maxUses: integer('max_uses'),
    used: integer().notNull().default(0),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
    revokedAt: instant('revoked_at'),
  },
  (token) => [uniqueIndex('enrolment_token_hash_unique').on(token.hash)],
);
