import { doublePrecision, pgTable, primaryKey, real, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { hosts } from './hosts';

/** Where there is least left, among the hosts that each process hears of. What a process does not say again is over. */
export const topHosts = pgTable(
  'top_host',
  {
    kind: text({ enum: ['cpu', 'memory', 'disk'] }).notNull(),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** The process. */
    toldBy: uuid('told_by').notNull(),
    toldAt: timestamp('told_at', { withTimezone: true }).notNull(),
    percent: real().notNull(),
    /** Of a disk. */
    mount: text(),
    availableBytes: doublePrecision('available_bytes').notNull(),
  },
  (row) => [primaryKey({ columns: [row.kind, row.hostId] })],
);
