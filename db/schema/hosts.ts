import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, smallint, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { enrolmentTokens } from './enrolment-tokens';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** An instant, `infinity` or `-infinity`, as PostgreSQL prints it; to the millisecond, as cursors carry it. */
const boundedInstant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' });

/**
 * A text with versions in it as it is sorted: each number filled up with zeros to twelve digits, so that 9 stands
 * before 10, and capitals as small letters.
 */
export const numbersInOrder = (text: SQLWrapper): SQL =>
  sql`regexp_replace(regexp_replace(lower(${text} collate "C"), '[0-9]+', '00000000000\\&', 'g'), '0*([0-9]{12})(?![0-9])', '\\1', 'g')`;

/** Its operating system with its version, as lists show it. */
export const systemText = ({ osName, osVersion }: Record<'osName' | 'osVersion', SQLWrapper>): SQL =>
  sql`(${osName} || ' ' || ${osVersion})`;

/** How ill a host is, from 0 for one of which nothing is known, or that may not connect, to 3. */
export const illness = ({ approval, health }: Record<'approval' | 'health', SQLWrapper>): SQL =>
  sql`(case when ${approval} <> 'approved' then 0 when ${health} = 'critical' then 3 when ${health} = 'warning' then 2 when ${health} = 'ok' then 1 else 0 end)`;

/**
 * Identity: what a machine is and whether it may connect, and all that lists sort and filter by. `last_seen`,
 * `certificate_ends` and `has_open_clone` repeat what `host_presence`, `certificate` and `clone` say; triggers keep
 * them, in the transaction of the change (docs/decisions/0020). A row of `host` is locked before one of the others.
 */
export const hosts = pgTable(
  'host',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    /** The name it was approved under, until somebody adopts another. */
    fqdn: text().notNull(),
    /** What its machine calls itself now, where that is another name. */
    reportedFqdn: text('reported_fqdn'),
    platform: text({ enum: ['linux', 'windows', 'macos', 'freebsd', 'openbsd', 'netbsd', 'other'] }).notNull(),
    approval: text({ enum: ['pending', 'conflict', 'approved', 'rejected', 'revoked'] }).notNull(),
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
    /** What people say. */
    tags: jsonb().$type<string[]>().notNull().default([]),
    /** What its machine says, by its agent.yaml. */
    agentTags: jsonb('agent_tags').$type<string[]>().notNull().default([]),
    decidedAt: instant('decided_at'),
    decidedBy: uuid('decided_by').references(() => users.id, { onDelete: 'set null' }),
    /** Somebody wants this host to have a new key and certificate; null once it has. By the database's clock. */
    renewalRequestedAt: instant('renewal_requested_at'),
    /** The end of the time over which those who were asked together are spread. Of the last request. */
    renewalDueBy: instant('renewal_due_by'),
    /** What people want each other to know of it. */
    notes: text().notNull().default(''),
    /** The hash over those of all its facts that we have; null until it has told them. */
    factsDigest: text('facts_digest'),
    /** Whether it must be started anew, as its facts have it; null where they do not say. */
    reboot: text({ enum: ['required', 'not_required'] }),
    /**
     * When something last came from it: `infinity` while it is up, `-infinity` when nothing ever did. It stands still
     * while nothing changes, and so do the lists that are sorted by it.
     */
    lastSeen: boundedInstant('last_seen').notNull().default('-infinity'),
    /** The end of what it connects with, not of a renewal that waits; `infinity` without one. */
    certificateEnds: boundedInstant('certificate_ends').notNull().default('infinity'),
    /** Two machines show its certificate, and nobody has decided yet. */
    hasOpenClone: boolean('has_open_clone').notNull().default(false),
    /** The worst of its findings; null until it was judged. It says nothing of a host that is not approved. */
    health: text({ enum: ['ok', 'warning', 'critical'] }),
    healthSince: instant('health_since'),
    /** The rule that says so, such as `disk.used_percent:/var above 95`; null while it is well. */
    healthReason: text('health_reason'),
    /** How people see it: what was decided, and for an approved one whether it is there. */
    state: text({ enum: ['up', 'down', 'never', 'pending', 'conflict', 'rejected', 'revoked'] })
      .notNull()
      .generatedAlwaysAs(
        (): SQL => sql`case when approval <> 'approved' then approval when last_seen = 'infinity' then 'up'
          when last_seen = '-infinity' then 'never' else 'down' end`,
      ),
    /**
     * What a search looks through, in small letters: its names and its addresses, a line each. `makeSearchIndex`
     * indexes it.
     */
    searched: text()
      .notNull()
      .generatedAlwaysAs(
        (): SQL =>
          sql`lower((fqdn || coalesce(E'\\n' || reported_fqdn, '') || translate(addresses::text, '[," ]', E'\\n\\n')) collate "C")`,
      ),
  },
  (host) => [
    // The same key is the same machine: registering again must find its row, also when two requests race.
    uniqueIndex('host_key_unique').on(host.keyFingerprint),
    // One name, one machine that may connect: also when two people approve two namesakes at once.
    uniqueIndex('host_fqdn_approved')
      .on(host.fqdn)
      .where(sql`approval = 'approved'`),
    // An index for each order of the list. They end with what is filtered by most, so that even a filter that lets
    // nearly nothing through is answered without looking into the table.
    index('host_by_name').on(host.fqdn, host.id, host.state, host.platform),
    index('host_by_registration').on(host.id, host.state, host.platform),
    index('host_by_last_seen').on(host.lastSeen, host.id, host.state, host.platform),
    index('host_by_certificate').on(host.certificateEnds, host.id, host.state, host.platform),
    index('host_by_system').on(numbersInOrder(systemText(host)), host.id, host.state, host.platform),
    index('host_by_agent').on(numbersInOrder(host.agentVersion), host.id, host.state, host.platform),
    index('host_by_health').on(illness(host), host.id, host.state, host.platform),
    index('host_by_reason')
      .on(host.healthReason)
      .where(sql`health_reason is not null`),
    // For what is rare: few hosts are found by these and sorted.
    index('host_state').on(host.state, host.fqdn, host.id),
    // And for the dashboard, which counts by it without looking into the table.
    index('host_platform').on(host.platform, host.approval, host.agentVersion),
    // Not of those that have none: each change of a host writes into it.
    index('host_tags')
      .using('gin', host.tags.op('jsonb_path_ops'))
      .where(sql`tags <> '[]'`),
    index('host_agent_tags')
      .using('gin', host.agentTags.op('jsonb_path_ops'))
      .where(sql`agent_tags <> '[]'`),
    index('host_waiting')
      .on(host.id)
      .where(sql`approval in ('pending', 'conflict')`),
    // Few are ill.
    index('host_ill')
      .on(host.health, host.fqdn, host.id)
      .where(sql`health <> 'ok'`),
    index('host_reboot')
      .on(host.fqdn, host.id)
      .where(sql`reboot = 'required'`),
    index('host_open_clone')
      .on(host.fqdn)
      .where(sql`has_open_clone`),
  ],
);

/**
 * What a machine proved when it asked to join. Read when it is let in or comes back with its proof, never by a list.
 */
export const hostEnrolments = pgTable('host_enrolment', {
  hostId: uuid('host_id')
    .primaryKey()
    .references(() => hosts.id, { onDelete: 'cascade' }),
  /** PEM, as registered. Approval signs this and nothing sent later. */
  csr: text().notNull(),
  /**
   * Under which the machine of the present key waits, if it was let in as the successor of another: its proofs are
   * bound to it.
   */
  enrolmentId: uuid('enrolment_id').unique('host_enrolment_unique'),
});

/** Liveness, written far more often than identity. */
export const hostPresence = pgTable(
  'host_presence',
  {
    hostId: uuid('host_id')
      .primaryKey()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    state: text({ enum: ['up', 'down'] }).notNull(),
    since: instant('since').notNull(),
    /** Why it is down; null while up. */
    reason: text({ enum: ['closed', 'lost', 'silent', 'protocol', 'server_restart'] }),
    lastSeen: instant('last_seen').notNull(),
    /**
     * Where it was last connected from, as the socket saw it: after a start of the server it has room to come back from
     * there.
     */
    address: text(),
  },
  // Of those that are down alone: what is written of the others with each heartbeat touches no index.
  (presence) => [
    index('host_presence_down')
      .on(presence.since)
      .where(sql`state = 'down'`),
  ],
);

const percent = () => smallint().notNull().default(-1);

/**
 * How busy each host was at the last look, once a minute, in whole percent, and -1 where nothing is known: what lists
 * are sorted by. Apart from `host`, whose every index would be written with each change. A trigger makes its row.
 */
export const hostFigures = pgTable(
  'host_figure',
  {
    hostId: uuid('host_id')
      .primaryKey()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    cpu: percent(),
    memory: percent(),
    /** Of the fullest. */
    disk: percent(),
  },
  (figure) => [
    index('host_figure_cpu').on(figure.cpu, figure.hostId),
    index('host_figure_memory').on(figure.memory, figure.hostId),
    index('host_figure_disk').on(figure.disk, figure.hostId),
  ],
);

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
        'renamed',
        'name_adopted',
        'health_ok',
        'health_warning',
        'health_critical',
        'configuration_failed',
        'configuration_rolled_back',
      ],
    }).notNull(),
    /** The e-mail of whoever did it, kept as text so that the history outlives the account. */
    actor: text(),
    detail: text(),
  },
  (event) => [index('host_event_host').on(event.hostId, event.id)],
);
