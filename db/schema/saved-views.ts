import { pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { users } from './users';

/** How somebody looks at the list of hosts, under a name: filters, order and columns. Nobody else sees it. */
export const savedViews = pgTable(
  'saved_view',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** As it stands in the address of the list, without the question mark. */
    query: text().notNull(),
  },
  (view) => [uniqueIndex('saved_view_name').on(view.userId, view.name)],
);
