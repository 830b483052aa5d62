import { createPublicKey, verify } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { enrolmentProofText, type EnrolmentProof } from '../../../agent/protocol';
import { hostEnrolments, hosts, renewals } from '../../../db/schema';
import { readCsr } from '../../certificates/der/read-csr';
import { AppError } from '../../errors';
import type { Context } from '../../context';

/**
 * The host of an enrolment whose caller holds its key, or its next key while a renewal is under way. `csr` and
 * `keyFingerprint` are those of the key that was proven.
 * Throws `agent.challenge_expired`, `agent.proof_invalid`, or `agent.unknown` when the host was deleted meanwhile.
 */
export async function proveEnrolment(ctx: Context, { enrolmentId, challenge, signature }: EnrolmentProof) {
  const state = ctx.challenges.check(enrolmentId, challenge);
  if (state === 'expired') throw new AppError('agent.challenge_expired');
  if (state === 'invalid') throw new AppError('agent.proof_invalid');
  const [found] = await ctx.db
    .select({ host: hosts, csr: hostEnrolments.csr, next: renewals })
    .from(hosts)
    .innerJoin(hostEnrolments, eq(hostEnrolments.hostId, hosts.id))
    .leftJoin(renewals, eq(renewals.hostId, hosts.id))
    .where(ofEnrolment(enrolmentId));
  if (!found) throw new AppError('agent.unknown');
  const { host, csr, next } = found;
  const text = Buffer.from(enrolmentProofText(enrolmentId, challenge));
  const signed = Buffer.from(signature, 'base64');
  if (await isSignedWith(csr, text, signed)) return { ...host, csr, isNextKey: false };
  if (next && (await isSignedWith(next.csr, text, signed))) {
    return { ...host, csr: next.csr, keyFingerprint: next.keyFingerprint, isNextKey: true };
  }
  throw new AppError('agent.proof_invalid');
}

async function isSignedWith(csr: string, text: Buffer, signature: Buffer): Promise<boolean> {
  const { publicKeyDer } = await readCsr(csr);
  return verify(
    'sha256',
    text,
    createPublicKey({ key: Buffer.from(publicKeyDer), format: 'der', type: 'spki' }),
    signature,
  );
}

/**
 * The host that an enrolment has become: the row it made, or the known host whose place its machine was given. An agent
 * that waits goes on with the proof it has.
 */
export const ofEnrolment = (enrolmentId: string) =>
  sql`${hosts.id} in (
    select ${enrolmentId}::uuid
    union all select ${hostEnrolments.hostId} from ${hostEnrolments} where ${hostEnrolments.enrolmentId} = ${enrolmentId})`;
