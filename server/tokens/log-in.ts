import type { Transaction } from '../../db/client';
import type { Context } from '../context';
import { withRightPassword } from '../auth/sign-in';
import { startChain } from './start-chain';

/**
 * The same check and the same limits as for the sign-in page. Throws `auth.credentials`, `auth.locked`,
 * `auth.too_many`, `auth.busy`, `request.too_many`.
 */
export async function logIn(
  ctx: Context,
  { userid, password, device }: { userid: string; password: string; device?: string },
  now = new Date(),
) {
  const shown = device === undefined ? [] : [device];
  const letIn = (tx: Transaction, user: { id: string }) => startChain(tx, ctx.tokens, user.id, now);
  const { user, admission } = await withRightPassword(
    ctx,
    { email: userid, password, shown },
    { action: 'token.login', letIn },
    now,
  );
  return { ...admission, device: ctx.knownDevices.make(user, now) };
}
