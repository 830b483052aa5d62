import { createPublicKey, verify } from 'node:crypto';
import { eq, or } from 'drizzle-orm';
import { enrolmentProofText, type EnrolmentProof } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { readCsr } from '../certificates/read-csr';
import { AppError } from '../errors';
import type { Context } from '../trpc';

/**
 * The host of an enrolment whose caller holds the registered key.
 * Throws `agent.challenge_expired`, `agent.proof_invalid`, or `agent.unknown` when the host was deleted meanwhile.
 */
export async function proveEnrolment(ctx: Context, { enrolmentId, challenge, signature }: EnrolmentProof) {
  const state = ctx.challenges.check(enrolmentId, challenge);
  if (state === 'expired') throw new AppError('agent.challenge_expired');
  if (state === 'invalid') throw new AppError('agent.proof_invalid');
  const [host] = await ctx.db.select().from(hosts).where(ofEnrolment(enrolmentId));
  if (!host) throw new AppError('agent.unknown');
  const { publicKeyDer } = await readCsr(host.csr);
  const publicKey = createPublicKey({ key: Buffer.from(publicKeyDer), format: 'der', type: 'spki' });
  const text = Buffer.from(enrolmentProofText(enrolmentId, challenge));
  if (!verify('sha256', text, publicKey, Buffer.from(signature, 'base64'))) throw new AppError('agent.proof_invalid');
  return host;
}

/**
 * The host that an enrolment has become: the row it made, or the known host whose place its machine was given. An agent
 * that waits goes on with the proof it has.
 */
export const ofEnrolment = (enrolmentId: string) => or(eq(hosts.id, enrolmentId), eq(hosts.enrolmentId, enrolmentId));
