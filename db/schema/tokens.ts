import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** A sign-in over REST: the tokens that follow one another from it. Without its row none of them is worth anything. */
export const tokenChains = pgTable(
  'token_chain',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    startedAt: instant('started_at').notNull().defaultNow(),
    /** When its latest token ends, and the chain with it. */
    expiresAt: instant('expires_at').notNull(),
    /**
     * A token of it was used a second time, and no other works. The row stays for the call that was the first to use
     * it.
     */
    endedAt: instant('ended_at'),
  },
  (chain) => [index('token_chain_user').on(chain.userId), index('token_chain_expires').on(chain.expiresAt)],
);

/** Tokens that were used, until they would have expired anyway. The primary key decides between uses at once. */
export const spentTokens = pgTable(
  'spent_token',
  {
    /** The token's `jti`. The token itself is stored nowhere. */
    jti: text().primaryKey(),
    chainId: uuid('chain_id')
      .notNull()
      .references(() => tokenChains.id, { onDelete: 'cascade' }),
    expiresAt: instant('expires_at').notNull(),
  },
  (spent) => [index('spent_token_chain').on(spent.chainId), index('spent_token_expires').on(spent.expiresAt)],
);
