import type { Acting } from '../trpc';
import { withdrawAccess } from './withdraw-access';

/** Turns a waiting host away. It may be approved later. Throws `host.not_pending`, `host.not_found`. */
export const rejectHost = (ctx: Acting, hostId: string) =>
  withdrawAccess(ctx, hostId, {
    action: 'host.reject',
    to: 'rejected',
    from: ['pending', 'conflict'],
    otherwise: 'host.not_pending',
  });
