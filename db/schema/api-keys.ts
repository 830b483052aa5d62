import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What scripts show instead of a password. A key may never do more than its owner may at that moment. */
export const apiKeys = pgTable(
  'api_key',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** The first characters of the key, by which people tell theirs apart. */
    prefix: text().notNull(),
    /** SHA-256 of the key, hex: 256 random bits need no slow hash. */
    hash: text().notNull().unique(),
    permissions: jsonb().$type<string[]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    /** Up to a minute late, so that a busy key is not a write a request. */
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (key) => [index('api_key_user').on(key.userId, key.id)],
);
