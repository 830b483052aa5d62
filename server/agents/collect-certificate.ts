import { and, desc, eq, isNull } from 'drizzle-orm';
import type { EnrolmentProof } from '../../agent/protocol';
import { certificates } from '../../db/schema';
import { AppError } from '../errors';
import type { Context } from '../trpc';
import { proveEnrolment } from './prove-enrolment';

/** The certificate of an approved host, PEM, for whoever proves to hold its key. Throws `agent.not_approved`. */
export async function collectCertificate(ctx: Context, proof: EnrolmentProof): Promise<{ certificate: string }> {
  const host = await proveEnrolment(ctx, proof);
  if (host.approval !== 'approved') throw new AppError('agent.not_approved');
  const [newest] = await ctx.db
    .select({ pem: certificates.pem })
    .from(certificates)
    .where(and(eq(certificates.hostId, host.id), isNull(certificates.revokedAt)))
    .orderBy(desc(certificates.issuedAt))
    .limit(1);
  if (!newest) throw new AppError('internal', { cause: new Error(`approved host ${host.id} has no certificate`) });
  return { certificate: newest.pem };
}
