import type { Acting } from '../trpc';
import { withdrawAccess } from './withdraw-access';

/**
 * Withdraws an approved host's certificates for good and ends its connection. Throws `host.not_approved`,
 * `host.not_found`.
 */
export const revokeHost = (ctx: Acting, hostId: string) =>
  withdrawAccess(ctx, hostId, {
    action: 'host.revoke',
    to: 'revoked',
    from: ['approved'],
    otherwise: 'host.not_approved',
  });
