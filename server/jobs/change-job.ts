import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { jobs } from '../../db/schema';
import type { AuditAction } from '../audit/actions';
import { recordAudit } from '../audit/record-audit';
import { mayAnywhere } from '../auth/permissions';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { countedOutcomes, visibleJobs } from './find-jobs';
import { type JobAct, JOB_ACTS } from './job-acts';

const jobObject = ({ id, act }: { id: string; act: string }) => ({ kind: 'job', id, label: act });

/**
 * Starts a job that was proposed; whoever has proposed it, and nobody else. Throws `auth.forbidden`, `job.not_found`,
 * `job.not_proposed`.
 */
export async function startJob(ctx: SignedIn, jobId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const job = await lockJob(tx, ctx, jobId);
    const { permission } = JOB_ACTS[job.act as JobAct['act']];
    if (job.userId !== ctx.session.user.id || !mayAnywhere(ctx.session, permission))
      throw new AppError('auth.forbidden');
    if (job.startedAt || job.endedAt) throw new AppError('job.not_proposed');
    // Started by a key it may do what that key may: the narrower of the two, should another have proposed it.
    const keyId = ctx.session.via === 'key' ? ctx.session.id : job.keyId;
    await tx.update(jobs).set({ startedAt: new Date(), keyId }).where(eq(jobs.id, jobId));
    await write(tx, ctx, job, 'job.start');
  });
  logAct(ctx, { jobId }, 'job started');
  ctx.events.emit('job.changed', { jobId });
}

/**
 * Does nothing more to the hosts that still wait; what is done stays done. Whoever may do the act everywhere stops
 * others' jobs too. Throws `auth.forbidden`, `job.not_found`, `job.ended`.
 */
export async function cancelJob(ctx: SignedIn, jobId: string): Promise<void> {
  const { session } = ctx;
  await ctx.db.transaction(async (tx) => {
    const job = await lockJob(tx, ctx, jobId);
    const { permission } = JOB_ACTS[job.act as JobAct['act']];
    if (job.userId !== session.user.id && !session.permissions.has(permission)) throw new AppError('auth.forbidden');
    if (!(await endJob(tx, jobId, session.user.email))) throw new AppError('job.ended');
    await write(tx, ctx, job, 'job.cancel');
  });
  logAct(ctx, { jobId }, 'job cancelled');
  ctx.events.emit('job.changed', { jobId });
}

/** Ends a job before its time. Returns whether it was not ended yet. */
export async function endJob(tx: Transaction, jobId: string, by: string): Promise<boolean> {
  const at = new Date();
  // First the lock: hosts that are being seen to hold it, and what came of them is to be counted.
  await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, jobId)).for('update');
  const ended = await tx
    .update(jobs)
    .set({ cancelledAt: at, cancelledBy: by, endedAt: at, ...countedOutcomes })
    .where(and(eq(jobs.id, jobId), isNull(jobs.endedAt)))
    .returning({ id: jobs.id });
  return ended.length > 0;
}

async function lockJob(tx: Transaction, ctx: SignedIn, jobId: string) {
  const [job] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, jobId), visibleJobs(ctx)))
    .for('update');
  if (!job) throw new AppError('job.not_found');
  return job;
}

const write = (tx: Transaction, ctx: SignedIn, job: typeof jobs.$inferSelect, action: AuditAction) =>
  recordAudit(tx, ctx, {
    action,
    object: jobObject(job),
    after: {
      ...(JSON.parse(job.parameters) as JobAct),
      ...(JSON.parse(job.chosenBy) as object),
      hosts: job.hosts,
      leftOut: job.leftOut,
    },
  });
