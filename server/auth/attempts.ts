import { eq, lt, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { attempts } from '../../db/schema';
import { AppError, type AppErrorCode } from '../errors';
import { networkOf } from '../limits';

/** How often something may fail before it is refused, and for how long. */
export interface AttemptRule {
  /** What the caller is told when refused. */
  code: AppErrorCode;
  /** So many may fail. */
  max: number;
  /** Then everything is refused for so long. A failure that no other follows within this time is forgotten. */
  seconds: number;
  /**
   * The time runs from the first failure and not from the last. For what many share: somebody there signs in rightly every
   * minute, which would otherwise keep everybody's failures of the whole day together.
   */
  isFixed?: boolean;
}

/** What failures from an address are counted under: for IPv6 its /64, which one machine has to itself. */
export const addressKey = (address: string) => `address:${networkOf(address)}`;

/**
 * Counts an attempt before it is judged: of a hundred at once, in any number of processes, no more than `max` are let
 * through. Afterwards `forgetAttempts` or `giveBackAttempt` takes back one that turned out to be rightful.
 * Throws the rule's code with the seconds that are left.
 * @returns how many there are with it, `max` for the last one that is let through, and until when they count
 */
export async function countAttempt(db: Database, key: string, { code, max, seconds, isFixed = false }: AttemptRule, now: Date): Promise<{ count: number; until: Date }> {
  const until = sql`${new Date(now.getTime() + seconds * 1000).toISOString()}::timestamptz`;
  // One more than the most stands for "refused": refused attempts neither count on nor prolong.
  const count = sql`case when ${attempts.until} <= ${now.toISOString()}::timestamptz then 1 else least(${attempts.count} + 1, ${max + 1}) end`;
  // None that counts is none to begin the time with: it was given back.
  const keeps = isFixed ? sql`${attempts.until} > ${now.toISOString()}::timestamptz and ${attempts.count} > 0` : sql`${count} > ${max}`;
  const [row] = await db
    .insert(attempts)
    .values({ key, count: 1, until })
    .onConflictDoUpdate({
      target: attempts.key,
      // Never further off than the rule says: a clock that was ahead and is set right would refuse for as long as it was.
      set: { count, until: sql`case when ${keeps} then least(${attempts.until}, ${until}) else ${until} end` },
    })
    .returning();
  if (row!.count <= max) return row!;
  throw new AppError(code, { retryAfterSeconds: Math.max(1, Math.ceil((row!.until.getTime() - now.getTime()) / 1000)) });
}

/** Starts again from none. Returns how many there were, and until when they would have counted; null when there were none. */
export async function forgetAttempts(db: Pick<Database, 'delete'>, key: string): Promise<{ count: number; until: Date } | null> {
  const [forgotten] = await db.delete(attempts).where(eq(attempts.key, key)).returning({ count: attempts.count, until: attempts.until });
  return forgotten ?? null;
}

/** Uncounts one. */
export async function giveBackAttempt(db: Database, key: string): Promise<void> {
  await db.update(attempts).set({ count: sql`greatest(${attempts.count} - 1, 0)` }).where(eq(attempts.key, key));
}

/** Deletes what no longer counts. */
export async function sweepAttempts(db: Database, now: Date): Promise<void> {
  await db.delete(attempts).where(lt(attempts.until, now));
}
