import { asc, desc, getTableColumns, gt, inArray, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { auditPending, auditRecords } from '../../db/schema';
import { BEGINNING, type PendingRecord, type SealedRecord, type Seals } from './seal';

/** Any number that nothing else in the same database locks. */
export const SEAL_LOCK = 7_294_331_810;
/**
 * Sealers hold it for a batch. Who holds it for longer is none: any session of the database can, with no right at all.
 */
const LOCK_PATIENCE_MS = 3000;
const BATCH = 500;

const { search: _search, ...columns } = getTableColumns(auditRecords);

interface Sealing {
  /** How many took their place in the chain. */
  sealed: number;
  /** Those that this server did not write, or not so: they stay where they are, for `audit verify` to name. */
  forged: string[];
  /**
   * The number of a record that somebody else put at the end of the log, and that the next ones follow now. Its number
   * is taken, so there is no other place to go on from; it stays there, and `audit verify` names it for ever.
   */
  builtOnForged: number | null;
}

/**
 * Chains every record whose change has committed to the last one, oldest first, in batches. Processes take turns: the
 * advisory lock is the only one a batch waits for, and nobody who holds it waits for a change, so it deadlocks with
 * nothing. What commits meanwhile is for the next call. Fails when somebody does not give up a lock within seconds.
 */
export async function sealPending(db: Database, seals: Seals): Promise<Sealing> {
  const result: Sealing = { sealed: 0, forged: [], builtOnForged: null };
  for (let after: string | undefined; ;) {
    // Without the lock first: nearly always there is nothing.
    if ((await db.select({ id: auditPending.id }).from(auditPending).where(beyond(after)).limit(1)).length === 0)
      return result;
    const last = await db.transaction((tx) => sealBatch(tx, seals, after, result));
    if (!last) return result;
    after = last;
  }
}

/** Seals the next batch after an id, and returns the last id it looked at. */
async function sealBatch(
  tx: Transaction,
  seals: Seals,
  after: string | undefined,
  result: Sealing,
): Promise<string | undefined> {
  await tx.execute(sql.raw(`set local lock_timeout = ${LOCK_PATIENCE_MS}`));
  await tx.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
  // Statements of READ COMMITTED see what was committed before they began: all that the former holder of the lock did.
  const [head] = await tx.select(columns).from(auditRecords).orderBy(desc(auditRecords.sequence)).limit(1);
  const waiting = await tx.select().from(auditPending).where(beyond(after)).orderBy(asc(auditPending.id)).limit(BATCH);
  const known = await findSealed(tx, waiting);
  const places = [];
  let { sequence, mac } = head ?? BEGINNING;
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
  if (places.length > 0 && head && !isOurs(seals, head)) result.builtOnForged = head.sequence;
  result.sealed += places.length;
  return waiting.at(-1)?.id;
}

/** From the very first on: any lower bound would leave one id out, and hide what has it. */
const beyond = (id: string | undefined) => (id === undefined ? undefined : gt(auditPending.id, id));

const isOurs = (seals: Seals, record: SealedRecord) =>
  seals.ofSealed(record, record.sequence, record.previousMac) === record.mac;

async function findSealed(tx: Transaction, records: PendingRecord[]): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  const ids = records.map(({ id }) => id);
  const rows = await tx.select({ id: auditRecords.id }).from(auditRecords).where(inArray(auditRecords.id, ids));
  return new Set(rows.map(({ id }) => id));
}

/**
 * Every column that both tables have but the seal: one that is forgotten here would be lost, and its records "changed"
 * for ever.
 */
const { mac: _mac, ...content } = getTableColumns(auditPending);
const CONTENT = sql.join(
  Object.values(content).map(({ name }) => sql.identifier(name)),
  sql`, `,
);

/** Only the seals travel: what is sealed moves from one table to the other within the database. */
async function place(
  tx: Transaction,
  places: { id: string; sequence: number; previous_mac: string; mac: string }[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${auditRecords} (sequence, previous_mac, mac, ${CONTENT})
    select seal.sequence, seal.previous_mac, seal.mac, pending.*
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as seal (id uuid, sequence bigint, previous_mac text, mac text)
    join lateral (select ${CONTENT} from ${auditPending} where audit_pending.id = seal.id) as pending on true`);
  await tx.delete(auditPending).where(
    inArray(
      auditPending.id,
      places.map(({ id }) => id),
    ),
  );
}
