import { lt } from 'drizzle-orm';
import { sessions, spentTokens, tokenChains, userLinks } from '../../db/schema';
import type { Services } from '../services';
import { sweepAttempts } from './attempts';

const HOUR_MS = 60 * 60 * 1000;

/** Deletes sessions, tokens, one-time links and counted failures whose time is over. None of them counted any more. */
export async function sweepExpired({ db }: Pick<Services, 'db'>, now = new Date()): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, now));
  await db.delete(tokenChains).where(lt(tokenChains.expiresAt, now));
  await db.delete(spentTokens).where(lt(spentTokens.expiresAt, now));
  await db.delete(userLinks).where(lt(userLinks.expiresAt, now));
  await sweepAttempts(db, now);
}

/** Does so now and every hour. */
export function keepSweepingExpired(services: Pick<Services, 'db' | 'log'>): { stop(): void } {
  const sweep = () => {
    sweepExpired(services).catch((error: unknown) => services.log.error({ err: error }, 'what has expired was not deleted'));
  };
  sweep();
  const timer = setInterval(sweep, HOUR_MS);
  return { stop: () => clearInterval(timer) };
}
