import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { enrolmentTokens } from './enrolment-tokens';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Identity: what a machine is and whether it may connect. Liveness is in `host_presence`, which is written far more often. */
export const hosts = pgTable(
  'host',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    fqdn: text().notNull(),
    platform: text({ enum: ['linux', 'windows', 'macos', 'freebsd', 'openbsd', 'netbsd', 'other'] }).notNull(),
    approval: text({ enum: ['pending', 'conflict', 'approved', 'rejected', 'revoked'] }).notNull(),
    /** PEM, as registered. Approval signs this and nothing sent later. */
    csr: text().notNull(),
    /** SHA-256 of the DER SubjectPublicKeyInfo, hex. */
    keyFingerprint: text('key_fingerprint').notNull(),
    fingerprintWords: text('fingerprint_words').notNull(),
    osName: text('os_name').notNull(),
    osVersion: text('os_version').notNull(),
    kernel: text(),
    architecture: text(),
    agentVersion: text('agent_version').notNull(),
    addresses: jsonb().$type<string[]>().notNull(),
    hardware: jsonb().$type<{
      manufacturer: string;
      model: string;
      virtualisation: string;
      cpuModel: string;
      cpuCores: number;
      memoryBytes: number;
    }>(),
    bootedAt: instant('booted_at'),
    registeredAt: instant('registered_at').notNull().defaultNow(),
    /** The address the registration came from, as the socket saw it. */
    registeredFrom: text('registered_from').notNull(),
    /** The one it came with. */
    enrolmentTokenId: uuid('enrolment_token_id').references(() => enrolmentTokens.id, { onDelete: 'set null' }),
    tags: jsonb().$type<string[]>().notNull().default([]),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by').references(() => users.id, { onDelete: 'set null' }),
    /** Under which the machine of the present key waits, if it was let in as the successor of another: its proofs are bound to it. */
    enrolmentId: uuid('enrolment_id'),
    /** Somebody wants this host to have a new key and certificate; null once it has. By the database's clock. */
    renewalRequestedAt: instant('renewal_requested_at'),
    /** What people want each other to know of it. */
    notes: text().notNull().default(''),
  },
  (host) => [
    // The same key is the same machine: registering again must find its row, also when two requests race.
    uniqueIndex('host_key_unique').on(host.keyFingerprint),
    // One name, one machine that may connect: also when two people approve two namesakes at once.
    uniqueIndex('host_fqdn_approved').on(host.fqdn).where(sql`approval = 'approved'`),
    index('host_fqdn').on(host.fqdn, host.id),
    uniqueIndex('host_enrolment_unique').on(host.enrolmentId),
    index('host_approval').on(host.approval, host.fqdn, host.id),
  ],
);

export const hostPresence = pgTable('host_presence', {
  hostId: uuid('host_id')
    .primaryKey()
    .references(() => hosts.id, { onDelete: 'cascade' }),
  state: text({ enum: ['up', 'down'] }).notNull(),
  since: instant('since').notNull(),
  /** Why it is down; null while up. */
  reason: text({ enum: ['closed', 'lost', 'silent', 'protocol', 'server_restart'] }),
  lastSeen: instant('last_seen').notNull(),
  /** Where it was last connected from, as the socket saw it: after a start of the server it has room to come back from there. */
  address: text(),
});

/** What happened to a host, for its page. Who changed what is the audit log's matter. */
export const hostEvents = pgTable(
  'host_event',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    at: instant('at').notNull().defaultNow(),
    kind: text({
      enum: [
        'registered',
        'approved',
        'rejected',
        'revoked',
        'up',
        'down',
        'agent_error',
        'cut_off',
        'kept',
        'replaced',
        'clone_suspected',
        'split',
        'clone_dismissed',
        'renewed',
        'recovered',
      ],
    }).notNull(),
    /** The e-mail of whoever did it, kept as text so that the history outlives the account. */
    actor: text(),
    detail: text(),
  },
  (event) => [index('host_event_host').on(event.hostId, event.id)],
);
