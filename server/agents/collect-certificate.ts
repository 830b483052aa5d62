import { and, desc, eq, isNull } from 'drizzle-orm';
import type { EnrolmentProof } from '../../agent/protocol';
import { certificates } from '../../db/schema';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { AppError } from '../errors';
import type { Context } from '../trpc';
import { proveEnrolment } from './prove-enrolment';

/**
 * The certificate of an approved host, PEM, for whoever proves to hold its key. One that is past two thirds of its life
 * is replaced: a machine that was off until its certificate lapsed comes back by itself, as long as it is approved.
 * Throws `agent.not_approved`.
 */
export async function collectCertificate(ctx: Context, proof: EnrolmentProof, now = new Date()): Promise<{ certificate: string }> {
  const host = await proveEnrolment(ctx, proof);
  if (host.approval !== 'approved') throw new AppError('agent.not_approved');
  const [newest] = await ctx.db
    .select()
    .from(certificates)
    .where(and(eq(certificates.hostId, host.id), isNull(certificates.revokedAt)))
    .orderBy(desc(certificates.notAfter))
    .limit(1);
  if (!newest) throw new AppError('internal', { cause: new Error(`approved host ${host.id} has no certificate`) });
  const usedUp = (now.getTime() - newest.notBefore.getTime()) / (newest.notAfter.getTime() - newest.notBefore.getTime());
  if (usedUp < 2 / 3) return { certificate: newest.pem };

  const issued = await issueClientCertificate(ctx.authority, {
    csr: host.csr,
    hostId: host.id,
    fqdn: host.fqdn,
    days: ctx.config.certificates.client_days,
    now,
  });
  await ctx.db.insert(certificates).values({ ...issued, hostId: host.id });
  ctx.log.info({ hostId: host.id, fqdn: host.fqdn }, 'certificate renewed by proof of the key');
  return { certificate: issued.pem };
}
