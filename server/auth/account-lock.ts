import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { attempts, lowerEmail, users } from '../../db/schema';
import type { Config } from '../config';
import { networkOf, siteOf } from '../limits';
import type { AttemptRule, Counter } from './attempts';

type Settings = Pick<Config, 'sign_in'>;

/** So long an address's failures count from the first of them; when there are too many, it waits for the rest of it. */
const ADDRESS_SECONDS = 60;

/**
 * What failures to sign in to an account are counted under. By the e-mail that was typed and not by the user, so that
 * an account that does not exist locks like one that does; hashed, because people type passwords into the wrong field.
 */
export const accountKey = (email: string) =>
  `account:${createHash('sha256').update(email.toLowerCase()).digest('hex')}`;

/** The same for the rows of `user`. */
const accountKeyOfRow = sql`'account:' || encode(sha256(convert_to(${lowerEmail(users.email)}, 'UTF8')), 'hex')`;

/** After the last of `sign_in.max_failures` nothing is even looked at for `sign_in.lock_minutes`. */
const lockRule = ({ sign_in }: Settings): AttemptRule => ({
  code: 'auth.locked',
  max: sign_in.max_failures,
  seconds: sign_in.lock_minutes * 60,
});

/**
 * The wider and slower one: of all strangers together. One site fails at most four times `max_failures` in its time,
 * and so never fills it alone; with the settings as they come thirty guesses an hour are looked at, from wherever.
 */
const strangersRule = ({ sign_in }: Settings): AttemptRule => ({
  code: 'auth.locked',
  max: sign_in.max_failures * 6,
  seconds: sign_in.lock_minutes * 60 * 4,
  isFixed: true,
});

const strangersKey = (account: string) => `${account} strangers`;

/**
 * What a stranger's failure at an account counts for: the address it comes from, whatever the account (for IPv6 its
 * /64, which one machine has to itself); the account, for the site that earned it; the account, for all strangers.
 */
export function strangerCounters(config: Settings, email: string, address: string): [Counter, Counter, Counter] {
  const account = accountKey(email);
  return [
    {
      key: `address:${networkOf(address)}`,
      code: 'auth.too_many',
      max: config.sign_in.max_failures_per_address,
      seconds: ADDRESS_SECONDS,
      isFixed: true,
    },
    { key: `${account} from ${siteOf(address)}`, account, ...lockRule(config) },
    { key: strangersKey(account), account, ...strangersRule(config) },
  ];
}

/**
 * What a failure counts for of who is known to an account, by a device or by a session that is open: for that one
 * alone.
 */
export function knownCounter(config: Settings, email: string, by: { id: string }): Counter {
  const account = accountKey(email);
  return { key: `${account} by ${by.id}`, account, ...lockRule(config) };
}

/**
 * Ends every lock of an account, and forgets all failures. Returns how many there were at most in one place, and until
 * when something was locked.
 */
export async function forgetFailures(
  db: Database | Transaction,
  config: Settings,
  email: string,
  now: Date,
): Promise<{ failures: number; lockedUntil: Date | null }> {
  const account = accountKey(email);
  const rows = await db.delete(attempts).where(eq(attempts.account, account)).returning();
  let [failures, lockedUntil]: [number, Date | null] = [0, null];
  for (const { key, count, until } of rows) {
    const { max } = key === strangersKey(account) ? strangersRule(config) : lockRule(config);
    // What no longer counted was none.
    if (until <= now) continue;
    failures = Math.max(failures, Math.min(count, max));
    if (count >= max && (!lockedUntil || until > lockedUntil)) lockedUntil = until;
  }
  return { failures, lockedUntil };
}

/** Until when somebody is refused at the account of a row of `user`, from wherever; null when nobody is. */
export const lockedUntil = (config: Settings, now: Date) =>
  sql<Date | null>`(
    select max(${attempts.until}) from ${attempts}
    where ${attempts.account} = ${accountKeyOfRow} and ${attempts.until} > ${now.toISOString()}::timestamptz
      and ${attempts.count} >= case when ${attempts.key} like '% strangers' then ${strangersRule(config).max}::integer else ${lockRule(config).max}::integer end)`.mapWith(
    attempts.until,
  );
