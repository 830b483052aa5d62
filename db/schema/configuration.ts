import { check, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { fleets } from './fleets';
import { hosts } from './hosts';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

type Leaf = string | number | boolean | string[];

/**
 * A part of what agents are told to be: for all of them, for a fleet, or for one. As it is now; its history is its
 * versions.
 */
export const configurationLayers = pgTable(
  'configuration_layer',
  {
    /** `global`, or `fleet/` or `host/` and the id. */
    layer: text().primaryKey(),
    /** Of a host's layer. */
    hostId: uuid('host_id')
      .unique('configuration_layer_host')
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** Of a fleet's layer. */
    fleetId: uuid('fleet_id')
      .unique('configuration_layer_fleet')
      .references(() => fleets.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    /** What its text says: valid by `agent/configuration/schema.ts` of the server that kept it. */
    document: jsonb().$type<object>().notNull(),
  },
  () => [
    check(
      'configuration_layer_named',
      sql`layer = coalesce('host/' || host_id::text, 'fleet/' || fleet_id::text, 'global')
      and num_nonnulls(host_id, fleet_id) < 2`,
    ),
  ],
);

/** Which fleets count more than which: of two that tell a host different things, the one with the greater place. */
export const configurationOrder = pgTable('configuration_order', {
  fleetId: uuid('fleet_id')
    .primaryKey()
    .references(() => fleets.id, { onDelete: 'cascade' }),
  place: integer().notNull(),
});

/** Every document that a layer ever was, as somebody wrote it. Only added to. */
export const configurationVersions = pgTable(
  'configuration_version',
  {
    layer: text()
      .notNull()
      .references(() => configurationLayers.layer, { onDelete: 'cascade' }),
    version: integer().notNull(),
    /** YAML, with its comments. */
    text: text().notNull(),
    message: text().notNull(),
    authorId: uuid('author_id').references(() => users.id, { onDelete: 'set null' }),
    /** Their e-mail, kept as text so that the history outlives the account. */
    author: text().notNull(),
    at: instant('at').notNull().defaultNow(),
  },
  (version) => [primaryKey({ columns: [version.layer, version.version] })],
);

/** What a host was given, and how it says that it is configured. */
export const hostConfigurations = pgTable(
  'host_configuration',
  {
    hostId: uuid('host_id')
      .primaryKey()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** When somebody last wanted it tried, be it again. */
    requestedAt: instant('requested_at'),
    /** The last document that the host has fetched. */
    offeredHash: text('offered_hash'),
    offered: jsonb().$type<object>(),
    offeredAt: instant('offered_at'),
    /** The rest is the host's own word. Null until it has said it. */
    reportedAt: instant('reported_at'),
    inForceHash: text('in_force_hash'),
    /** What is set on it, by key with dots. */
    inForce: jsonb('in_force').$type<Record<string, unknown>>(),
    locked: jsonb().$type<string[]>().notNull().default([]),
    /** What its agent.yaml sets, by key with dots, and since when: when it first said that value. */
    local: jsonb().$type<Record<string, { value: Leaf; since: string }>>().notNull().default({}),
    /** Keys of that which somebody wants taken out, until it says that they are. */
    putBack: jsonb('put_back').$type<string[]>().notNull().default([]),
    status: text({ enum: ['waiting', 'applying', 'applied', 'failed', 'rolled_back'] }),
    /** The document that the status is of. */
    statusOf: text('status_of'),
    message: text().notNull().default(''),
  },
  // For what is rare: most have in force what is wanted, and most machines set nothing themselves.
  (row) => [
    index('host_configuration_untaken')
      .on(row.status, row.hostId)
      .where(sql`status in ('failed', 'rolled_back')`),
    index('host_configuration_local')
      .on(row.hostId)
      .where(sql`local <> '{}'`),
  ],
);
