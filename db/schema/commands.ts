import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { hosts } from './hosts';
import { savedCommands } from './saved-commands';

const instant = (name: string) => timestamp(name, { withTimezone: true });
/** `pg` has a Buffer for it, PGlite the plain array under one. */
const octets = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

/** What somebody wants done, once. To which hosts, its runs say: they are made with it, and never added to. */
export const commands = pgTable(
  'command',
  {
    /** UUIDv7: the order in which a host runs what it is sent. */
    id: uuid().primaryKey(),
    kind: text().notNull(),
    /** Values that are secret are encrypted: server/commands/secret-parameters.ts. */
    parameters: jsonb().$type<Record<string, unknown>>().notNull(),
    /** As they were asked for, for people to read. The runs say which hosts that was. */
    targets: jsonb().$type<Record<string, unknown>>().notNull(),
    timeoutSeconds: integer('timeout_seconds').notNull(),
    /** A host that has not begun by then does not begin. */
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** The e-mail of whoever sent it, kept as text so that the history outlives the account. */
    author: text().notNull(),
    /** The saved one that it was made of, while that is there, and what that was called. */
    savedCommandId: uuid('saved_command_id').references(() => savedCommands.id, { onDelete: 'set null' }),
    savedCommandName: text('saved_command_name'),
  },
  (command) => [
    index('command_saved_command')
      .on(command.savedCommandId, command.id)
      .where(sql`saved_command_id is not null`),
    index('command_kind').on(command.kind, command.id),
    index('command_author').on(command.author, command.id),
  ],
);

/** A command on one host: a machine knows it by the command's id. */
export const commandRuns = pgTable(
  'command_run',
  {
    commandId: uuid('command_id')
      .notNull()
      .references(() => commands.id, { onDelete: 'cascade' }),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** Which may follow which: server/commands/runs/run-states.ts. */
    state: text({
      enum: [
        ...(['queued', 'sent', 'received', 'running'] as const),
        ...(['succeeded', 'failed', 'timed_out', 'expired', 'cancelled', 'rejected', 'unknown'] as const),
      ],
    }).notNull(),
    /** When the state ends by itself, if nothing else ends it; null when it is the last one. */
    deadline: instant('deadline'),
    /** Somebody wants it to end. The machine is told until it has said what became of it. */
    cancelRequestedAt: instant('cancel_requested_at'),
    /** Those of Windows are 32 bits without a sign. */
    exitCode: bigint('exit_code', { mode: 'number' }),
    /** What ended it, as its system names it. */
    signal: text(),
    /** Why it is as it is, by a stable word, where the state alone does not say. */
    reason: text(),
    /** The same in the machine's own words. */
    detail: text(),
    /** What we took it for before the machine's own word came, too late for the deadline. */
    overruled: text({ enum: ['unknown', 'timed_out'] }),
    cancelledBy: text('cancelled_by'),
    sentAt: instant('sent_at'),
    receivedAt: instant('received_at'),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    /** How many bytes it has written, of both streams, as far as the machine has told. */
    outputBytes: bigint('output_bytes', { mode: 'number' }).notNull().default(0),
    /** SHA-256 of what is kept of that, once it is over: hosts that wrote the same have the same. */
    outputDigest: octets('output_digest'),
    /** What people look at first comes first. */
    attention: text()
      .notNull()
      .generatedAlwaysAs(
        (): SQL => sql`case when state in ('failed', 'timed_out', 'unknown') then '0'
          when state in ('rejected', 'expired', 'cancelled') then '1' when state = 'succeeded' then '3' else '2' end`,
      ),
  },
  (run) => [
    primaryKey({ columns: [run.commandId, run.hostId] }),
    index('command_run_attention').on(run.commandId, run.attention, run.hostId, run.state),
    index('command_run_host').on(run.hostId, run.commandId),
    // A host's queue, and what is due to end: of a hundred runs about one is open.
    index('command_run_open')
      .on(run.hostId, run.commandId)
      .where(sql`deadline is not null`),
    index('command_run_deadline')
      .on(run.deadline)
      .where(sql`deadline is not null`),
  ],
);

/**
 * What a run has written, as it came. Offsets count the bytes of both streams together, so that they are the order, and
 * what is missing between two chunks was too much to keep.
 */
export const commandOutputs = pgTable(
  'command_output',
  {
    commandId: uuid('command_id').notNull(),
    hostId: uuid('host_id').notNull(),
    offset: bigint('offset', { mode: 'number' }).notNull(),
    stream: text({ enum: ['stdout', 'stderr'] }).notNull(),
    bytes: octets().notNull(),
  },
  (output) => [
    primaryKey({ columns: [output.commandId, output.hostId, output.offset] }),
    foreignKey({
      name: 'command_output_run',
      columns: [output.commandId, output.hostId],
      foreignColumns: [commandRuns.commandId, commandRuns.hostId],
    }).onDelete('cascade'),
  ],
);

/** Which commands a machine says it can run, as `commandAbilities` of the wire has it. */
export const hostAbilities = pgTable('host_ability', {
  hostId: uuid('host_id')
    .primaryKey()
    .references(() => hosts.id, { onDelete: 'cascade' }),
  abilities: jsonb().$type<unknown>().notNull(),
});
