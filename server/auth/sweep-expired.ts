import { inArray, lt, or } from 'drizzle-orm';
import { apiKeys, sessions, spentTokens, tokenChains, userLinks } from '../../db/schema';
import type { Services } from '../services';
import { sweepAttempts } from './attempts';

const HOUR_MS = 60 * 60 * 1000;
/** So long people see what became of a key. */
const KEYS_KEPT_MS = 366 * 24 * HOUR_MS;

/**
 * Deletes sessions, tokens, one-time links and counted failures whose time is over, and API keys a year later. None of
 * them counted any more.
 */
export async function sweepExpired({ db }: Pick<Services, 'db'>, now = new Date()): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, now));
  await db.delete(tokenChains).where(lt(tokenChains.expiresAt, now));
  // Not what somebody holds who is just ending its chain: two that lock the same rows in two orders wait for each
  // other.
  const free = db
    .select({ jti: spentTokens.jti })
    .from(spentTokens)
    .where(lt(spentTokens.expiresAt, now))
    .for('update', { skipLocked: true });
  await db.delete(spentTokens).where(inArray(spentTokens.jti, free));
  await db.delete(userLinks).where(lt(userLinks.expiresAt, now));
  const keysEnded = new Date(now.getTime() - KEYS_KEPT_MS);
  await db.delete(apiKeys).where(or(lt(apiKeys.revokedAt, keysEnded), lt(apiKeys.expiresAt, keysEnded)));
  await sweepAttempts(db, now);
}

/** Does so now and every hour. */
export function keepSweepingExpired(services: Pick<Services, 'db' | 'log'>): { stop(): void } {
  const sweep = () => {
    sweepExpired(services).catch((error: unknown) =>
      services.log.error({ err: error }, 'what has expired was not deleted'),
    );
  };
  sweep();
  const timer = setInterval(sweep, HOUR_MS);
  return { stop: () => clearInterval(timer) };
}
