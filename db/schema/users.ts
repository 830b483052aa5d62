import { sql, type SQLWrapper } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';

/**
 * What tells two e-mails apart. Not by the locale of the database: where that is Turkish, an I becomes another letter
 * than in any e-mail, which are ASCII.
 */
export const lowerEmail = (email: SQLWrapper) => sql`lower(${email} collate "C")`;

export const users = pgTable(
  'user',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    email: text().notNull(),
    /** Empty: shown by the e-mail. */
    name: text().notNull().default(''),
    /** argon2id, PHC string format. Null: invited, and nobody has chosen a password yet. */
    passwordHash: text('password_hash'),
    /** What they may do everywhere. */
    role: text({ enum: ['none', 'viewer', 'runner', 'operator', 'administrator'] }).notNull(),
    /**
     * The roles that `role_grant` gives them on something, each once: whoever has none, as nearly everybody, is asked
     * for no grant. Triggers keep it.
     */
    grantedRoles: jsonb('granted_roles').$type<('viewer' | 'runner' | 'operator')[]>().notNull().default([]),
    /** How often what is granted to them has changed: what is open with the rights of before can tell. */
    grantsVersion: integer('grants_version').notNull().default(0),
    /** BCP 47. Null: as the browser asks. */
    language: text(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    lastSignInAt: timestamp('last_sign_in_at', { withTimezone: true }),
    /** Set: the account is kept, and nobody can sign in to it. */
    deactivatedAt: timestamp('deactivated_at', { withTimezone: true }),
    /** What signed in before this, in browsers and scripts, is known no more. Null: all of it is. */
    devicesSince: timestamp('devices_since', { withTimezone: true }),
  },
  (user) => [
    uniqueIndex('user_email_unique').on(lowerEmail(user.email)),
    // What they are shown by.
    index('user_shown_name').on(sql`lower(coalesce(nullif(${user.name}, ''), ${user.email}))`, user.id),
    index('user_last_sign_in').on(sql`coalesce(${user.lastSignInAt}, '-infinity')`, user.id),
  ],
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
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Where it was signed in from. */
    address: text().notNull().default(''),
    userAgent: text('user_agent').notNull().default(''),
  },
  (session) => [index('session_user').on(session.userId)],
);

/** At most one row, and only while there is no user: the hash of the token in the printed setup link. */
export const setupTokens = pgTable('setup_token', { hash: text().primaryKey() });

/**
 * One-time links with which a person chooses a password: the first one when invited, a new one after a reset. One a
 * user.
 */
export const userLinks = pgTable(
  'user_link',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of the token in the link. */
    hash: text().notNull().unique(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** Who was shown it, and may have kept it. Null: whoever was at the server's own files. */
    createdBy: uuid('created_by').references(() => users.id, { onDelete: 'set null' }),
  },
  (link) => [index('user_link_created_by').on(link.createdBy)],
);

/** How often something was tried, where every process sees it. A row past `until` counts for nothing. */
export const attempts = pgTable(
  'attempt',
  {
    /**
     * What is counted and for whom: `address:` and an IPv4 address or the /64 of an IPv6 one, or what `account` holds
     * and of whom.
     */
    key: text().primaryKey(),
    /** `account:` and a hash, for what is counted of one account; null for all else. */
    account: text(),
    count: integer().notNull(),
    until: timestamp({ withTimezone: true }).notNull(),
  },
  (attempt) => [index('attempt_until').on(attempt.until), index('attempt_account').on(attempt.account)],
);
