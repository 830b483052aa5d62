import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { hosts } from './hosts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** One of two machines that show one certificate, as its connection tells. Instants are ISO 8601. */
export interface CloneSide {
  /** Of its connection. */
  id: string;
  /** As the socket saw it. */
  address: string;
  connectedAt: string;
  /** What it said of itself; absent until it has said hello. */
  said?: {
    fqdn: string;
    osName: string;
    osVersion: string;
    kernel: string;
    agentVersion: string;
    addresses: string[];
    hardware: { manufacturer: string; model: string; virtualisation: string };
    bootedAt: string;
  };
}

/** Two machines showed one certificate at the same time. Open until a person has decided what they are. */
export const clones = pgTable(
  'clone',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    suspectedAt: instant('suspected_at').notNull().defaultNow(),
    /** When the second one last came. */
    seenAt: instant('seen_at').notNull().defaultNow(),
    /** The one that was connected, and the one that came while it was. */
    first: jsonb().$type<CloneSide>().notNull(),
    second: jsonb().$type<CloneSide>().notNull(),
    resolvedAt: instant('resolved_at'),
    resolution: text({ enum: ['split', 'dismissed', 'replaced'] }),
  },
  // At most one is open, however often two machines meet: a fighting pair cannot fill the table.
  (clone) => [
    uniqueIndex('clone_open')
      .on(clone.hostId)
      .where(sql`resolved_at is null`),
  ],
);
