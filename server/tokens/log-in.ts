import type { Context } from '../trpc';
import { withRightPassword } from '../auth/sign-in';
import { startChain } from './start-chain';

/** The same check and the same limits as for the sign-in page. Throws `auth.credentials`, `auth.locked`, `auth.too_many`, `auth.busy`, `request.too_many`. */
export const logIn = (ctx: Context, { userid, password }: { userid: string; password: string }, now = new Date()) =>
  withRightPassword(ctx, { email: userid, password }, { action: 'token.login', letIn: (tx, userId) => startChain(tx, ctx.tokens, userId, now) }, now);
