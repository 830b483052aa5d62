import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { attempts, lowerEmail, users } from '../../db/schema';
import type { AttemptRule } from './attempts';
import type { Config } from '../config';

/**
 * What failures to sign in to an account are counted under. By the e-mail that was typed and not by the user, so that
 * an account that does not exist locks like one that does; hashed, because people type passwords into the wrong field.
 */
export const accountKey = (email: string) => `account:${createHash('sha256').update(email.toLowerCase()).digest('hex')}`;

/** The same for the rows of `user`. */
const accountKeyOfRow = sql`'account:' || encode(sha256(convert_to(${lowerEmail(users.email)}, 'UTF8')), 'hex')`;

/** After the last of `sign_in.max_failures` nothing is even looked at for `sign_in.lock_minutes`. */
export const accountRule = ({ sign_in }: Pick<Config, 'sign_in'>): AttemptRule => ({
  code: 'auth.locked',
  max: sign_in.max_failures,
  seconds: sign_in.lock_minutes * 60,
});

/** Until when the account of a row of `user` is locked; null when it is not. */
export const lockedUntil = ({ sign_in }: Pick<Config, 'sign_in'>, now: Date) =>
  sql<Date | null>`(
    select ${attempts.until} from ${attempts}
    where ${attempts.key} = ${accountKeyOfRow} and ${attempts.count} >= ${sign_in.max_failures} and ${attempts.until} > ${now.toISOString()}::timestamptz)`
    .mapWith(attempts.until);
