import { lte } from 'drizzle-orm';
import { spentTokens, tokenChains } from '../../db/schema';
import type { Services } from '../services';
import { TOKEN_MINUTES } from './signer';

/** Forgets what no longer needs remembering: chains whose latest token has expired, and spent tokens that have. */
export async function expireTokens({ db }: Pick<Services, 'db'>, now = new Date()): Promise<void> {
  await db.delete(tokenChains).where(lte(tokenChains.expiresAt, now));
  await db.delete(spentTokens).where(lte(spentTokens.expiresAt, now));
}

/** Does so now and as often as tokens expire. */
export function keepExpiringTokens(services: Services): { stop(): void } {
  const expire = () => {
    expireTokens(services).catch((error: unknown) => services.log.error({ err: error }, 'tokens were not expired'));
  };
  expire();
  const timer = setInterval(expire, TOKEN_MINUTES * 60_000);
  return { stop: () => clearInterval(timer) };
}
