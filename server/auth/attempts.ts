import { eq, lt, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { attempts } from '../../db/schema';
import { AppError, type AppErrorCode } from '../errors';

/** How often something may fail before it is refused, and for how long. */
export interface AttemptRule {
  /** What the caller is told when refused. */
  code: AppErrorCode;
  /** So many may fail. */
  max: number;
  /** Then everything is refused for so long. A failure that no other follows within this time is forgotten. */
  seconds: number;
  /**
   * The time runs from the first failure and not from the last. For what many share: somebody there signs in rightly
   * every minute, which would otherwise keep everybody's failures of the whole day together.
   */
  isFixed?: boolean;
}

/** What failures are counted under, and the rule for them. */
export interface Counter extends AttemptRule {
  key: string;
  /** Of what belongs to one account: its `accountKey`, under which all of it is found. */
  account?: string;
}

export type Counted = Counter & { count: number; until: Date };

/**
 * Counts an attempt before it is judged: of a hundred at once, in any number of processes, no more than `max` are let
 * through. Afterwards `forgetAttempts` or `giveBackAttempt` takes back one that turned out to be rightful.
 * Throws the rule's code with the seconds that are left.
 * @returns how many there are with it, `max` for the last one that is let through, and until when they count
 */
export async function countAttempt(db: Database, counter: Counter, now: Date): Promise<Counted> {
  const { key, account, code, max, seconds, isFixed = false } = counter;
  const until = sql`${new Date(now.getTime() + seconds * 1000).toISOString()}::timestamptz`;
  // One more than the most stands for "refused": refused attempts neither count on nor prolong.
  const count = sql`case when ${attempts.until} <= ${now.toISOString()}::timestamptz then 1 else least(${attempts.count} + 1, ${max + 1}) end`;
  // None that counts is none to begin the time with: it was given back.
  const keeps = isFixed
    ? sql`${attempts.until} > ${now.toISOString()}::timestamptz and ${attempts.count} > 0`
    : sql`${count} > ${max}`;
  const [row] = await db
    .insert(attempts)
    .values({ key, account, count: 1, until })
    .onConflictDoUpdate({
      target: attempts.key,
      // Never further off than the rule says: a clock that was ahead and is set right would refuse for as long as it
      // was.
      set: { count, until: sql`case when ${keeps} then least(${attempts.until}, ${until}) else ${until} end` },
    })
    .returning();
  if (row!.count <= max) return { ...counter, count: row!.count, until: row!.until };
  throw new AppError(code, {
    retryAfterSeconds: Math.max(1, Math.ceil((row!.until.getTime() - now.getTime()) / 1000)),
  });
}

/**
 * Counts an attempt under several, in their order. Where one refuses, those after it do not count it, and those before
 * it that belong to an account not either: nobody has looked at the attempt. What an address sends counts for it all
 * the same.
 */
export async function countAttempts(db: Database, counters: readonly Counter[], now: Date): Promise<Counted[]> {
  const counted: Counted[] = [];
  try {
    for (const counter of counters) counted.push(await countAttempt(db, counter, now));
  } catch (error) {
    for (const { key, account } of counted) if (account !== undefined) await giveBackAttempt(db, key);
    throw error;
  }
  return counted;
}

/** Starts again from none. */
export async function forgetAttempts(db: Database | Transaction, key: string): Promise<void> {
  await db.delete(attempts).where(eq(attempts.key, key));
}

/** Uncounts one. */
export async function giveBackAttempt(db: Database | Transaction, key: string): Promise<void> {
  await db
    .update(attempts)
    .set({ count: sql`greatest(${attempts.count} - 1, 0)` })
    .where(eq(attempts.key, key));
}

/** Deletes what no longer counts. */
export async function sweepAttempts(db: Database, now: Date): Promise<void> {
  await db.delete(attempts).where(lt(attempts.until, now));
}
