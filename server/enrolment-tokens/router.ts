import { z } from 'zod';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { can, router } from '../trpc';
import { createToken, newToken } from './create-token';
import { listTokens, tokenPage } from './list-tokens';
import { revokeToken } from './revoke-token';
import { createdToken, listedTokens } from './token-schema';

export const enrolmentTokensRouter = router({
  list: can('enrolment.manage')
    .meta(
      rest('GET', '/enrolment_tokens', {
        tag: 'Joining',
        summary: 'List enrolment tokens',
        description: 'The newest first, a page at a time, without what one would join with.',
      }),
    )
    .input(tokenPage)
    .output(listedTokens)
    .query(({ ctx, input }) => listTokens(ctx, input)),

  create: can('enrolment.manage')
    .meta(
      rest('POST', '/enrolment_tokens', {
        tag: 'Joining',
        summary: 'Make an enrolment token',
        description:
          'For machines to join with. One that approves needs the permission `hosts.approve` too, and one with a fleet `fleets.manage`.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(newToken)
    .output(createdToken)
    .mutation(({ ctx, input }) => createToken(ctx, input)),

  revoke: can('enrolment.manage')
    .meta(
      rest('PUT', '/enrolment_tokens/{tokenId}/revoke', {
        tag: 'Joining',
        summary: 'Revoke an enrolment token',
        description: 'Nobody joins with it any more. Hosts that came with it stay.',
        errors: ['enrolment.not_found', 'enrolment.already_revoked'],
      }),
    )
    .input(z.object({ tokenId: z.uuid() }))
    .output(nothing)
    .mutation(({ ctx, input }) => revokeToken(ctx, input.tokenId)),
});
