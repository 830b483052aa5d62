import { eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

/** Changes what people, and not the machine, say of a host. Throws `host.not_found`. */
export async function updateHost(ctx: SignedIn, { hostId, notes }: { hostId: string; notes: string }): Promise<void> {
  const [host] = await ctx.db.update(hosts).set({ notes }).where(eq(hosts.id, hostId)).returning({ fqdn: hosts.fqdn });
  if (!host) throw new AppError('host.not_found');
  ctx.log.info({ hostId, fqdn: host.fqdn, by: ctx.session.user.email }, 'host notes changed');
  ctx.events.emit('host.changed', { hostId });
}
