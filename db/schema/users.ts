import { sql } from 'drizzle-orm';
import { index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';

export const users = pgTable(
  'user',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    email: text().notNull(),
    /** argon2id, PHC string format. */
    passwordHash: text('password_hash').notNull(),
    role: text({ enum: ['administrator'] }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (user) => [uniqueIndex('user_email_unique').on(sql`lower(${user.email})`)],
);

/** `id` is the SHA-256 of the cookie, so that a copy of the database signs nobody in. */
export const sessions = pgTable(
  'session',
  {
    id: text().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (session) => [index('session_user').on(session.userId)],
);

/** At most one row, and only while there is no user: the hash of the token in the printed setup link. */
export const setupTokens = pgTable('setup_token', {
  hash: text().primaryKey(),
});
