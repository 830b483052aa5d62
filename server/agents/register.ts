import { and, count, eq, inArray, sql } from 'drizzle-orm';
import { fingerprintWords } from '../../agent/fingerprint';
import type { Registration } from '../../agent/protocol';
import { hostEvents, hosts, renewals } from '../../db/schema';
import { readCsr } from '../certificates/read-csr';
import { AppError } from '../errors';
import type { Context } from '../trpc';

/**
 * A machine asks to join. The same key finds its own row again, whatever else it says; a key we do not know makes
 * a row that waits for a person: `pending`, or `conflict` when another machine goes by that name.
 * Throws `agent.csr_invalid`, `agent.too_many_pending`, `agent.too_many_registrations`.
 */
export async function registerAgent(ctx: Context, { csr, ...claims }: Registration) {
  const { keyFingerprint, publicKeyDer } = await readCsr(csr);
  const known = await findByKey(ctx, keyFingerprint);
  if (known) return answer(ctx, known);

  await ctx.limits.registrations.take(ctx.address);
  const made = await ctx.db.transaction(async (tx) => {
    // One new machine at a time: two of one name, or the last free place, must not both look before either is there.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sysmanage registration'))`);
    const [waiting] = await tx.select({ n: count() }).from(hosts).where(inArray(hosts.approval, ['pending', 'conflict']));
    if (waiting!.n >= ctx.config.enrolment.max_pending) throw new AppError('agent.too_many_pending');
    const namesakes = await tx
      .select({ id: hosts.id })
      .from(hosts)
      .where(and(eq(hosts.fqdn, claims.fqdn), inArray(hosts.approval, ['pending', 'conflict', 'approved'])))
      .limit(1);
    const [host] = await tx
      .insert(hosts)
      .values({
        ...claims,
        csr,
        keyFingerprint,
        fingerprintWords: fingerprintWords(publicKeyDer, ctx.authority.signing.publicKeyDer),
        approval: namesakes.length > 0 ? 'conflict' : 'pending',
        registeredFrom: ctx.address,
      })
      // Two requests with one key at once: the loser finds the winner's row below.
      .onConflictDoNothing({ target: hosts.keyFingerprint })
      .returning();
    if (host) await tx.insert(hostEvents).values({ hostId: host.id, kind: 'registered', detail: ctx.address });
    return host;
  });
  if (made) {
    ctx.log.info({ hostId: made.id, fqdn: made.fqdn, approval: made.approval, address: ctx.address }, 'host registered');
    ctx.events.emit('host.approval_changed', { hostId: made.id });
    return answer(ctx, made);
  }
  const winner = await findByKey(ctx, keyFingerprint);
  if (!winner) throw new AppError('internal', { cause: new Error('the row that the key conflicted with is gone') });
  return answer(ctx, winner);
}

/** Also by its next key: a machine may come back with a renewal that it had no time to use. */
async function findByKey(ctx: Context, keyFingerprint: string) {
  const found = { id: hosts.id, approval: hosts.approval };
  const [host] = await ctx.db.select(found).from(hosts).where(eq(hosts.keyFingerprint, keyFingerprint));
  if (host) return host;
  const [renewing] = await ctx.db
    .select(found)
    .from(renewals)
    .innerJoin(hosts, eq(hosts.id, renewals.hostId))
    .where(eq(renewals.keyFingerprint, keyFingerprint));
  return renewing;
}

function answer(ctx: Context, host: Pick<typeof hosts.$inferSelect, 'id' | 'approval'>) {
  return { enrolmentId: host.id, challenge: ctx.challenges.issue(host.id), status: host.approval };
}
