import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What people have switched; no row until somebody has. */
export const discoverySwitches = pgTable(
  'discovery_switch',
  {
    /** There is one. */
    id: boolean().primaryKey().default(true),
    isOn: boolean('is_on').notNull(),
    changedAt: instant('changed_at').notNull().defaultNow(),
    changedBy: uuid('changed_by').references(() => users.id, { onDelete: 'set null' }),
  },
  (row) => [check('discovery_switch_is_one', sql`${row.id}`)],
);

/** How the beacon of each server process is, as it says itself every few seconds. One that says nothing has ended. */
export const discoveryBeacons = pgTable('discovery_beacon', {
  /** Of the process's beacon: another with each start. */
  id: uuid().primaryKey(),
  /** The name of its machine. */
  machine: text().notNull(),
  /** `waiting`: another process of the machine has the port, or no chosen interface is up. */
  state: text({ enum: ['listening', 'waiting', 'off'] }).notNull(),
  /** Why it waits, in the system's words. */
  fault: text(),
  /** Interface and address of each place where it listens. */
  places: jsonb().$type<string[]>().notNull(),
  /** What came, and what became of it, since the start. */
  counts: jsonb().$type<Record<string, number>>().notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  beatAt: instant('beat_at').notNull().defaultNow(),
});

/** Machines that have asked where the server is. Claims: anybody on the network can write what it likes. */
export const discoveryRequests = pgTable(
  'discovery_request',
  {
    hostname: text().notNull(),
    address: text().notNull(),
    platform: text().notNull(),
    /** Of the last one. `clock`: its time is more than a minute off ours, so it got no answer. */
    outcome: text({ enum: ['answered', 'clock'] }).notNull(),
    /** How far its clock was ahead of ours then. */
    aheadSeconds: bigint('ahead_seconds', { mode: 'number' }).notNull(),
    asked: bigint({ mode: 'number' }).notNull(),
    firstAt: instant('first_at').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (request) => [
    primaryKey({ columns: [request.hostname, request.address] }),
    index('discovery_request_by_time').on(request.lastAt),
  ],
);

/** Servers whose announcements were heard; their signatures held for the CA that they name. */
export const discoveryServers = pgTable(
  'discovery_server',
  {
    pin: text().notNull(),
    hostname: text().notNull(),
    apiPort: bigint('api_port', { mode: 'number' }).notNull(),
    /** Where it was heard from. */
    address: text().notNull(),
    /** Those that it names. */
    addresses: jsonb().$type<string[]>().notNull(),
    firstAt: instant('first_at').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (server) => [
    primaryKey({ columns: [server.pin, server.hostname, server.apiPort] }),
    index('discovery_server_by_time').on(server.lastAt),
  ],
);
