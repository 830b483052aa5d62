import { findSessionOfKey } from '../api-keys/find-session-of-key';
import { looksLikeKey } from '../api-keys/key-text';
import type { Session } from '../auth/session';
import type { Context } from '../trpc';
import { giveBackToken, mintToken, spendToken } from './spend-token';

/** The credentials of an `Authorization: Bearer` header (RFC 6750, 2.1), or null. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

/**
 * Runs a call for whoever the bearer is. An API key stays as it is. A token is spent before the call, given back when
 * the call fails, and followed by the next one when it succeeds.
 * Throws `key.invalid`, `token.invalid`, `token.expired`, `token.spent`.
 */
export async function actByBearer<Result extends { ok: boolean }>(ctx: Context, bearer: string, act: (session: Session) => Promise<Result>): Promise<Result> {
  if (looksLikeKey(bearer)) return act(await findSessionOfKey(ctx, bearer));
  const spent = await spendToken(ctx, bearer);
  const result = await act(spent.session);
  if (!result.ok) {
    await giveBackToken(ctx, spent);
    return result;
  }
  const next = await mintToken(ctx, spent.session);
  if (next) ctx.setNextToken?.(next);
  return result;
}
