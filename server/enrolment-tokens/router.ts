import { z } from 'zod';
import { can, router } from '../trpc';
import { createToken, newToken } from './create-token';
import { listTokens, tokenPage } from './list-tokens';
import { revokeToken } from './revoke-token';

export const enrolmentTokensRouter = router({
  list: can('enrolment.manage').input(tokenPage.prefault({})).query(({ ctx, input }) => listTokens(ctx, input)),

  create: can('enrolment.manage').input(newToken).mutation(({ ctx, input }) => createToken(ctx, input)),

  revoke: can('enrolment.manage').input(z.object({ tokenId: z.uuid() })).mutation(({ ctx, input }) => revokeToken(ctx, input.tokenId)),
});
