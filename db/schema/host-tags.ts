import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { boolean, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { hosts } from './hosts';

/** What a tag is looked up by: all of it, in small letters, by no locale. */
export const smallTag = ({ tag }: { tag: SQLWrapper }): SQL => sql`lower(${tag} collate "C")`;

/** The same of its value, of one that has a value: what stands behind the first colon. */
export const smallValue = ({ tag }: { tag: SQLWrapper }): SQL =>
  sql`lower(substr(${tag}, strpos(${tag}, ':') + 1) collate "C")`;

/** In the query's own words, as the index has it. */
export const HAS_VALUE = sql`strpos(tag, ':') > 0`;

/** By which tags are told apart and put in order. */
export const exactTag = ({ tag }: { tag: SQLWrapper }): SQL => sql`(${tag} collate "C")`;

/**
 * The tags of hosts that are neither revoked nor rejected, a row each, for whoever looks for tags and not for hosts. It
 * repeats what `host` says; triggers keep it, in the transaction of the change.
 */
export const hostTags = pgTable(
  'host_tag',
  {
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    tag: text().notNull(),
    /** That people gave it, and not its machine alone. */
    isGiven: boolean('is_given').notNull().default(true),
  },
  (row) => [
    primaryKey({ columns: [row.hostId, row.tag] }),
    index('host_tag_by_text').on(row.isGiven, smallTag(row), exactTag(row)),
    index('host_tag_by_value').on(row.isGiven, smallValue(row), exactTag(row)).where(HAS_VALUE),
  ],
);
