import type { ProcedureType, TRPCError } from '@trpc/server';
import { findSessionOfKey } from '../api-keys/find-session-of-key';
import { looksLikeKey } from '../api-keys/key-text';
import type { Session } from '../auth/session';
import { httpStatusOf } from '../errors';
import type { Context } from '../context';
import { endChain } from './end-chains';
import { giveBackToken, spendToken, type SpentToken } from './spend-token';

type Result = { ok: true } | { ok: false; error: TRPCError };

/**
 * Runs a call for whoever the bearer is. An API key stays as it is. A token is spent before the call and followed by
 * the next one when it succeeds; what a call that fails means for it is decided below. Throws `key.invalid`,
 * `token.invalid`, `token.expired`, `token.spent`.
 */
export async function actByBearer<R extends Result>(
  ctx: Context,
  call: { bearer: string; type: ProcedureType },
  act: (session: Session) => Promise<R>,
): Promise<R> {
  if (looksLikeKey(call.bearer)) {
    const session = await findSessionOfKey(ctx, call.bearer);
    ctx.handshakes.prove(ctx.transport);
    return act(session);
  }
  const spent = await spendToken(ctx, call.bearer);
  ctx.handshakes.prove(ctx.transport);
  // Into the answer before the call: once a change is committed, nothing that can fail may stand between it and its
  // token.
  ctx.setNextToken?.(spent.next);
  const result = await act(spent.session);
  if (result.ok) return result;
  ctx.setNextToken?.(null);
  // A refusal is thrown before the commit, or instead of it.
  const hasChangedNothing = call.type === 'query' || httpStatusOf(result.error) < 500;
  await (hasChangedNothing ? giveBackToken(ctx, spent) : endUncertainChain(ctx, spent));
  return result;
}

/**
 * A change that failed on us may have been made. A token that works twice could make it twice, so it stays spent; and
 * without a next one the chain is over. Its row goes, or whoever repeats the call would be taken for a thief.
 */
async function endUncertainChain(ctx: Context, { session }: SpentToken): Promise<void> {
  const about = { userId: session.user.id, chainId: session.id, requestId: ctx.requestId };
  try {
    await endChain(ctx.db, session.id);
    ctx.log.warn(about, 'a chain of tokens ended by an error of ours');
  } catch (error) {
    // The error that the call failed with is the one to be answered and looked into.
    ctx.log.error({ err: error, ...about }, 'a chain of tokens could not be ended');
  }
}
