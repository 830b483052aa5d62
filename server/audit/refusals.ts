import { createHash } from 'node:crypto';
import { asc, inArray, lte, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../db/client';
import { auditRefusals } from '../../db/schema';
import { networkOf } from '../limits';
import { type Log, logFailure } from '../log';
import type { GroupCommit } from '../process/group-commit';
import { appendRecords, type AuditEntry, describe, type RecordSink } from './record-audit';
import type { RecordContent } from './seal';

/** How long repetitions are counted before the count is written. */
const WINDOW_MS = 10 * 60 * 1000;
/** How often a process looks for counts that are due. */
const TELL_EVERY_MS = 60 * 1000;
/** How long repetitions are counted in memory: what a crash may lose. */
const COUNT_MS = 1000;

/** Different ones a window of one account, or of one network of strangers; and of all strangers. */
const MOST_OF_ONE = 25;
const MOST_OF_STRANGERS = 100;

/** An attempt that changed nothing. */
export interface Refused {
  entry: AuditEntry & Required<Pick<AuditEntry, 'actor'>>;
  address?: string;
  requestId?: string;
  /** Whose session it was; of an API key, its owner. */
  userId?: string;
}

export interface Refusals {
  /** Rejects when the first of a kind could not be written. It is kept, and written as soon as that is possible. */
  note(refused: Refused): Promise<void>;
  /** Writes what is counted in memory. Rejects with what failed; that is kept. */
  flush(): Promise<void>;
  /** Puts the counts on record whose window has ended. */
  tell(now?: Date): Promise<void>;
  stop(): Promise<void>;
}

interface Counter {
  key: string;
  n: number;
  /** What the first of them says, and what their count will. */
  first: RecordContent;
  counted: RecordContent;
  /**
   * How many of them were written by a transaction of which nothing was heard: whether they count, the database knows.
   */
  tried?: { transaction: string; n: number };
}

interface Making {
  db: Database;
  log: Log;
  writer: GroupCommit;
  audit: RecordSink;
}

/**
 * Keeps whoever is refused from filling the disk by trying again. A row counts each kind (who, from where, what, on
 * what and why) for ten minutes: the first is on record at once, how often it was repeated when the window ends, by
 * whichever process is there. Past the bounds less is told apart: of an account what and why; of strangers, who choose
 * their names and addresses, that alone. There are as many of those kinds as there are acts and errors.
 */
export function createRefusals({ db, log, writer, audit }: Making): Refusals {
  /** What this process counts apart, and whose it is; nobody's past the bounds, which are those of each process. */
  const kinds = new Map<string, { who: string | null; userId?: string; until: number }>();
  const counters = writer.lane<Counter>({
    merge: { keyOf: ({ key }) => key, into: (waiting, { n }) => ({ ...waiting, n: waiting.n + n }) },
    everyMs: COUNT_MS,
    commit: write,
    onFailure,
  });

  /** In the order of the keys: two processes would else wait for each other. */
  const inOrder = (rows: Counter[]) => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));

  /** Takes off what a transaction has committed whose answer was lost. Throws when it is not over. */
  async function settleTried(rows: Counter[]): Promise<void> {
    const tried = [...new Set(rows.flatMap((row) => row.tried?.transaction ?? []))];
    if (tried.length === 0) return;
    // It would be an error to ask for one that this database never had, as when another took its place.
    const found = await db.execute<{ id: string; status: string | null }>(sql`
      select id, case when id::xid8 < pg_current_xact_id() then pg_xact_status(id::xid8) end as status
      from jsonb_array_elements_text(${JSON.stringify(tried)}::jsonb) as tried(id)`);
    const statusOf = new Map(found.rows.map(({ id, status }) => [id, status]));
    if ([...statusOf.values()].includes('in progress')) throw new Error('the transaction before is not over yet');
    for (const row of rows) {
      if (row.tried && statusOf.get(row.tried.transaction) === 'committed') row.n -= row.tried.n;
      delete row.tried;
    }
  }

  async function write(queued: Counter[]): Promise<void> {
    await settleTried(queued);
    const rows = queued.filter(({ n }) => n > 0);
    if (rows.length === 0) return;
    const until = new Date(Date.now() + WINDOW_MS);
    await db.transaction(async (tx) => {
      const counts = await tx
        .insert(auditRefusals)
        .values(
          inOrder(rows).map(({ key, n, counted }) => {
            return { key, count: n, until, counted, mac: audit.seals.ofCounted(counted) };
          }),
        )
        .onConflictDoUpdate({ target: auditRefusals.key, set: { count: sql`${auditRefusals.count} + excluded.count` } })
        .returning({
          key: auditRefusals.key,
          count: auditRefusals.count,
          transaction: sql<string>`pg_current_xact_id()::text`,
        });
      for (const row of rows) row.tried = { transaction: counts[0]!.transaction, n: row.n };
      const countOf = new Map(counts.map(({ key, count }) => [key, count]));
      const firsts = rows.filter(({ key, n }) => countOf.get(key) === n);
      await appendRecords(
        tx,
        audit,
        firsts.map(({ first }) => first),
      );
    });
  }

  async function tell(now = new Date()): Promise<void> {
    await counters.flush();
    // Only now: while nothing can be written, what is new finds no room, and nothing grows.
    for (const [key, { until }] of kinds) if (until <= now.getTime()) kinds.delete(key);
    const forged = await db.transaction(async (tx) => {
      const ended = await tx
        .select()
        .from(auditRefusals)
        .where(lte(auditRefusals.until, now))
        .orderBy(asc(auditRefusals.key))
        .for('update', { skipLocked: true });
      if (ended.length === 0) return [];
      await tx.delete(auditRefusals).where(
        inArray(
          auditRefusals.key,
          ended.map(({ key }) => key),
        ),
      );
      const rows = ended.map((row) => ({ ...row, counted: { ...row.counted, at: new Date(row.counted.at) } }));
      const ours = rows.filter(({ counted, mac }) => audit.seals.ofCounted(counted) === mac);
      const repeated = ours.filter(({ count }) => count > 1);
      await appendRecords(
        tx,
        audit,
        repeated.map(({ counted, count }) => {
          return { ...counted, id: uuidv7(), at: new Date(), after: { repeated: count - 1 } };
        }),
      );
      return rows.filter((row) => !ours.includes(row));
    });
    if (forged.length === 0) return;
    log.error({ count: forged.length }, 'counts of refused attempts that this server did not write are not recorded');
  }

  function onFailure(error: unknown): void {
    logFailure(log, 'refused attempts could not be recorded; trying again', error);
  }
  const timer = setInterval(() => void tell().catch(onFailure), TELL_EVERY_MS).unref();

  /** Whether one more kind of theirs is told apart. */
  function hasRoom(who: string, userId: string | undefined): boolean {
    const others = [...kinds.values()].filter((kind) => kind.userId === userId && kind.who !== null);
    const hasWho = others.filter((kind) => kind.who === who).length < MOST_OF_ONE;
    return hasWho && (userId !== undefined || others.length < MOST_OF_STRANGERS);
  }

  return {
    note({ entry, address, requestId, userId }) {
      const first = describe({ address, requestId }, { at: new Date(), ...entry });
      const who = userId ?? networkOf(address ?? '');
      const { action, outcome, code, actorKind, actorId, actorLabel, objectId, objectLabel, after } = first;
      const why = [userId, action, outcome, code, actorKind, userId && actorId];
      const whole = keyOf([...why, actorId, actorLabel, objectId, objectLabel, after, address]);
      const isTold = kinds.has(whole) || hasRoom(who, userId);
      const key = isTold ? whole : keyOf(why);
      const isNew = !kinds.has(key);
      if (isNew) kinds.set(key, { who: isTold ? who : null, userId, until: Date.now() + WINDOW_MS });
      const many = { address: null, requestId: null, objectKind: null, objectId: null, objectLabel: null };
      const nobody = userId ? {} : { actorId: null, actorLabel: null };
      const counted = { ...first, before: null, after: null, ...(!isTold && { ...many, ...nobody }) };
      const written = counters.add({ key, n: 1, first, counted });
      written.catch(onFailure);
      return isNew ? counters.flush().then(() => written) : Promise.resolve();
    },
    flush: counters.flush,
    tell,
    async stop() {
      clearInterval(timer);
      await counters.flush();
    },
  };
}

const keyOf = (kind: unknown[]) => createHash('sha256').update(JSON.stringify(kind)).digest('hex');
