import { asc, desc, gt, inArray, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { auditPending, auditRecords } from '../../db/schema';
import { BEGINNING, FIRST_ID, type PendingRecord, type Seals } from './seal';

/** Any number that nothing else in the same database locks. */
const SEAL_LOCK = 7_294_331_810;
const BATCH = 500;

interface Sealing {
  /** How many took their place in the chain. */
  sealed: number;
  /** Those that this server did not write, or not so: they stay where they are, for `audit:verify` to name. */
  forged: string[];
}

/**
 * Chains every record whose change has committed to the last one, oldest first, in batches. Processes take turns: the
 * advisory lock is the only one a batch waits for, and nobody who holds it waits for a change, so it deadlocks with
 * nothing. What commits meanwhile is for the next call.
 */
export async function sealPending(db: Database, seals: Seals): Promise<Sealing> {
  const result: Sealing = { sealed: 0, forged: [] };
  for (let after = FIRST_ID; ;) {
    // Without the lock first: nearly always there is nothing.
    if ((await db.select({ id: auditPending.id }).from(auditPending).where(gt(auditPending.id, after)).limit(1)).length === 0) return result;
    const last = await db.transaction((tx) => sealBatch(tx, seals, after, result));
    if (!last) return result;
    after = last;
  }
}

/** Seals the next batch after an id, and returns the last id it looked at. */
async function sealBatch(tx: Transaction, seals: Seals, after: string, result: Sealing): Promise<string | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
  // Statements of READ COMMITTED see what was committed before they began: all that the former holder of the lock did.
  const [head = BEGINNING] = await tx
    .select({ sequence: auditRecords.sequence, mac: auditRecords.mac })
    .from(auditRecords)
    .orderBy(desc(auditRecords.sequence))
    .limit(1);
  const waiting = await tx.select().from(auditPending).where(gt(auditPending.id, after)).orderBy(asc(auditPending.id)).limit(BATCH);
  const known = await findSealed(tx, waiting);
  const places = [];
  let { sequence, mac } = head;
  for (const record of waiting) {
    // A copy of a sealed record put here again would hold everything else up by its id.
    if (known.has(record.id) || seals.ofPending(record) !== record.mac) {
      result.forged.push(record.id);
      continue;
    }
    const previousMac = mac;
    sequence += 1;
    mac = seals.ofSealed(record, sequence, previousMac);
    places.push({ id: record.id, sequence, previous_mac: previousMac, mac });
  }
  if (places.length > 0) await place(tx, places);
  result.sealed += places.length;
  return waiting.at(-1)?.id;
}

async function findSealed(tx: Transaction, records: PendingRecord[]): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const ids = records.map(({ id }) => id);
  const rows = await tx.select({ id: auditRecords.id }).from(auditRecords).where(inArray(auditRecords.id, ids));
  return new Set(rows.map(({ id }) => id));
}

const CONTENT = sql.raw(
  'id, at, actor_kind, actor_id, actor_label, action, object_kind, object_id, object_label, address, request_id, outcome, code, before, after',
);

/** Only the seals travel: what is sealed moves from one table to the other within the database. */
async function place(tx: Transaction, places: { id: string; sequence: number; previous_mac: string; mac: string }[]): Promise<void> {
  await tx.execute(sql`
    insert into ${auditRecords} (sequence, previous_mac, mac, ${CONTENT})
    select seal.sequence, seal.previous_mac, seal.mac, pending.*
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as seal (id uuid, sequence bigint, previous_mac text, mac text)
    join lateral (select ${CONTENT} from ${auditPending} where audit_pending.id = seal.id) as pending on true`);
  await tx.delete(auditPending).where(inArray(auditPending.id, places.map(({ id }) => id)));
}
