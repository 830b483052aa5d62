import { getTableColumns, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/client';
import { auditPending } from '../../db/schema';
import type { Caller } from '../caller';
import type { AuditAction } from './actions';
import type { PendingRecord, RecordContent, Seals } from './seal';
import { storableLine, storableState } from './storable-state';

const MAX_LABEL = 256;

/** What is written down. */
export interface AuditEntry {
  /** An action that is not in the list has no words on the pages. Tests name their own. */
  action: AuditAction | `test.${string}`;
  /** What it was done to. The label is how people know it: a name, an e-mail. */
  object?: { kind: string; id: string | null; label: string | null };
  /** Absent: whoever is behind the context. */
  actor?: { kind: RecordContent['actorKind']; id: string | null; label: string | null };
  outcome?: RecordContent['outcome'];
  /** Why it was not done. */
  code?: string;
  /**
   * What of the object it changed, as it was. Plain values under names of ours, without secrets; more than 8 KiB is
   * left out.
   */
  before?: unknown;
  after?: unknown;
  /** Absent: now. For what could not be written when it happened. */
  at?: Date;
}

/** Of the audit log, what writing a record takes. */
export interface RecordSink {
  seals: Seals;
  /** A record was written, and is to be sealed once it is committed. */
  wake(): void;
}

/** A request's context, or the server's own services for what it does by itself. */
export type Actor = { audit: RecordSink } & Partial<Pick<Caller, 'session' | 'agent' | 'address' | 'requestId'>>;

/**
 * Writes down who did what, within the transaction of the change: neither is there without the other.
 *
 * The record is chained to those before it after the commit, by the sealer (docs/decisions/0012), so that this is an
 * insert and nothing else: it takes no lock that another change waits for, and may stand anywhere in the transaction.
 *
 * @throws Error when a member of `before` or `after` is named like a secret
 */
export const recordAudit = (tx: Database | Transaction, who: Actor, entry: AuditEntry): Promise<void> =>
  recordAudits(tx, who, [entry]);

/** The same of several, in their order, by one statement: of an act that concerns many. */
export async function recordAudits(tx: Database | Transaction, who: Actor, entries: AuditEntry[]): Promise<void> {
  await appendRecords(
    tx,
    who.audit,
    entries.map((entry) => describe(who, entry)),
  );
}

/** Below that: what is described already. */
export async function appendRecords(
  tx: Database | Transaction,
  audit: RecordSink,
  records: RecordContent[],
): Promise<void> {
  if (records.length === 0) return;
  await insert(
    tx,
    records.map((record) => ({ ...record, mac: audit.seals.ofPending(record) })),
  );
  audit.wake();
}

const COLUMNS = Object.entries(getTableColumns(auditPending)) as [keyof PendingRecord, { name: string }][];

/**
 * In one parameter: 17 of them cost a change twice the processor time of everything else in here (e2e/load/audit.ts).
 */
async function insert(tx: Database | Transaction, records: PendingRecord[]): Promise<void> {
  const rows = JSON.stringify(
    records.map((record) => Object.fromEntries(COLUMNS.map(([key, { name }]) => [name, record[key]]))),
  );
  const { rows: taken } = await tx.execute(sql`
    insert into ${auditPending}
    select * from jsonb_populate_recordset(null::${auditPending}, ${rows}::jsonb) returning id`);
  // A trigger or a rule of somebody else's can swallow a row without an error; the change must not go on without it.
  if (taken.length !== records.length) throw new Error('the audit log did not take a record');
}

/** As it is kept: cut to what there is room for, without secrets. */
export function describe(who: Omit<Actor, 'audit'>, entry: AuditEntry): RecordContent {
  const actor = entry.actor ?? actorOf(who);
  const { object } = entry;
  return {
    id: uuidv7(),
    at: entry.at ?? new Date(),
    actorKind: actor.kind,
    actorId: line(actor.id),
    actorLabel: line(actor.label),
    action: entry.action,
    objectKind: object?.kind ?? null,
    objectId: line(object?.id),
    objectLabel: line(object?.label),
    address: line(who.address),
    requestId: line(who.requestId),
    outcome: entry.outcome ?? 'done',
    code: entry.code ?? null,
    before: storableState(entry.before),
    after: storableState(entry.after),
  };
}

/** A token speaks for the person who logged in; a key is named, as its owner need not know of what it does. */
export function actorOf({ session, agent, address }: Omit<Actor, 'audit'>): NonNullable<AuditEntry['actor']> {
  if (session?.via === 'key')
    return { kind: 'apiKey', id: session.id, label: `${session.user.email} (${session.keyName})` };
  if (session) return { kind: 'person', id: session.user.id, label: session.user.email };
  if (agent) return { kind: 'agent', id: agent.hostId, label: agent.fqdn };
  // It came from an address, so it is somebody; nobody knows who.
  return { kind: address === undefined ? 'system' : 'person', id: null, label: null };
}

const line = (text: string | null | undefined) => (text ? storableLine(text, MAX_LABEL) : null);
