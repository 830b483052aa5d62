import { asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { auditPending, auditRecords } from '../../db/schema';
import { BEGINNING, type SealedRecord, type Seals } from './seal';
import { examineGuards, type GuardFault } from './verify-guards';

const PAGE = 500;
/** Of the places a moved record may have come from, how many are tried. A million seals take a few seconds. */
const MAX_PLACES = 1_000_000;

const { search: _search, ...columns } = getTableColumns(auditRecords);

export type Fault =
  /** It does not say what it said when it was sealed, or was sealed under another secret. */
  | { kind: 'changed'; sequence: number; id: string }
  /** No record has this number. */
  | { kind: 'missing'; sequence: number }
  /** It was put in between two that follow one another. */
  | { kind: 'inserted'; sequence: number; id: string }
  /** It stood somewhere else. */
  | { kind: 'moved'; sequence: number; id: string; from: number }
  /** Whole and in its place, but not what a checkpoint has seen there. */
  | { kind: 'replaced'; sequence: number }
  /** It waits to be sealed, and this server did not write it, or not so. */
  | { kind: 'forged'; id: string }
  | GuardFault;

export interface Verdict {
  fault: Fault | null;
  /** How many records are whole and in their place, before the fault. */
  verified: number;
  /** The last of them: what a checkpoint notes. */
  head: { sequence: number; mac: string };
  /** How many wait to be sealed. */
  waiting: number;
}

/**
 * Walks the chain from its beginning, a page in memory at a time, to the first fault. What is sealed meanwhile is
 * walked too. Then what waits, and whether the database still refuses changes.
 * @param expected what checkpoints have seen: the seal of the record with a number. Without any, records cut off from
 * the end are not missed.
 */
export async function verifyChain(
  db: Database,
  seals: Seals,
  expected: ReadonlyMap<number, string> = new Map(),
): Promise<Verdict> {
  let head = BEGINNING;
  // From the lowest number there is: nothing of ours is below 1, but the list would show it.
  let after: number | undefined;
  const verdict = (fault: Fault | null, waiting = 0): Verdict => ({ fault, verified: head.sequence, head, waiting });
  for (;;) {
    const page = await db
      .select(columns)
      .from(auditRecords)
      .where(after === undefined ? undefined : gt(auditRecords.sequence, after))
      .orderBy(asc(auditRecords.sequence))
      .limit(PAGE);
    for (const record of page) {
      const fault = await examine(db, seals, record, head);
      if (fault) return verdict(fault);
      const { sequence, mac } = record;
      if (expected.has(sequence) && expected.get(sequence) !== mac) return verdict({ kind: 'replaced', sequence });
      head = { sequence, mac };
    }
    after = head.sequence;
    if (page.length < PAGE) break;
  }
  if (highest(expected) > head.sequence) return verdict({ kind: 'missing', sequence: head.sequence + 1 });
  const { waiting, forged } = await examinePending(db, seals);
  if (forged) return verdict({ kind: 'forged', id: forged }, waiting);
  return verdict(await examineGuards(db), waiting);
}

/** One after the other: as arguments of one call, a file of some years would be more than fits on the stack. */
function highest(expected: ReadonlyMap<number, string>): number {
  let last = 0;
  for (const sequence of expected.keys()) last = Math.max(last, sequence);
  return last;
}

async function examine(
  db: Database,
  seals: Seals,
  record: SealedRecord,
  head: typeof BEGINNING,
): Promise<Fault | null> {
  const { sequence, id, previousMac, mac } = record;
  if (sequence <= head.sequence) return { kind: 'inserted', sequence, id };
  if (sequence !== head.sequence + 1) return { kind: 'missing', sequence: head.sequence + 1 };
  if (previousMac === head.mac && seals.ofSealed(record, sequence, previousMac) === mac) return null;
  const from = await formerPlace(db, seals, record);
  if (from !== null && from !== sequence) return { kind: 'moved', sequence, id, from };
  const [next] = await db
    .select({ previousMac: auditRecords.previousMac })
    .from(auditRecords)
    .where(eq(auditRecords.sequence, sequence + 1));
  // The one behind still follows the one before: this one came between them.
  if (next?.previousMac === head.mac) return { kind: 'inserted', sequence, id };
  return { kind: 'changed', sequence, id };
}

/** The number under which a record was sealed as it is, if there is one. */
async function formerPlace(db: Database, seals: Seals, record: SealedRecord): Promise<number | null> {
  const [{ last } = { last: 0 }] = await db
    .select({ last: sql`max(${auditRecords.sequence})`.mapWith(Number) })
    .from(auditRecords);
  for (let place = 1; place <= Math.min(last + 1, MAX_PLACES); place++) {
    if (seals.ofSealed(record, place, record.previousMac) === record.mac) return place;
  }
  return null;
}

/** What waits: how many there are, and the first that the sealer will never take. */
async function examinePending(db: Database, seals: Seals): Promise<{ waiting: number; forged: string | null }> {
  let waiting = 0;
  let forged: string | null = null;
  for (let after: string | undefined; ;) {
    const page = await db
      .select({ record: auditPending, sealedAs: auditRecords.sequence })
      .from(auditPending)
      .leftJoin(auditRecords, eq(auditRecords.id, auditPending.id))
      .where(after === undefined ? undefined : gt(auditPending.id, after))
      .orderBy(asc(auditPending.id))
      .limit(PAGE);
    waiting += page.length;
    forged ??=
      page.find(({ record, sealedAs }) => sealedAs !== null || seals.ofPending(record) !== record.mac)?.record.id ??
      null;
    if (page.length < PAGE) return { waiting, forged };
    after = page.at(-1)!.record.id;
  }
}
