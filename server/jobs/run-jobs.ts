import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { apiKeys, jobHosts, jobs, users } from '../../db/schema';
import { isActiveKey } from '../api-keys/key-state';
import { type HostPermission, rightsOf } from '../auth/permissions';
import { personColumns, type Session } from '../auth/session';
import { AppError, type AppErrorCode, asAppError } from '../errors';
import type { EventBus } from '../events';
import { mayOnHost } from '../hosts/visible-hosts';
import { logFailure } from '../log';
import type { Services } from '../services';
import type { Acting } from '../trpc';
import { endJob } from './change-job';
import { countedOutcomes } from './find-jobs';
import { type ActName, JOB_ACTS, type JobAct, runAct } from './job-acts';

type Job = typeof jobs.$inferSelect;

/**
 * So many hosts of a job are seen to before the next job's turn, and before it is asked again what its owner may do.
 */
const A_TURN = 20;

/**
 * Takes a turn of every job that was started and has not ended. Several processes may do so at once: a host is one's
 * alone for as long as it is seen to.
 * @returns whether there is more to do
 */
export async function runJobs(services: Services, isStopping: () => boolean): Promise<boolean> {
  const open = await services.db
    .select()
    .from(jobs)
    .where(and(isNull(jobs.endedAt), isNotNull(jobs.startedAt)))
    .orderBy(asc(jobs.id));
  let isMore = false;
  for (const job of open) {
    if (isStopping()) return false;
    if (await takeTurn(services, job, isStopping)) isMore = true;
    services.events.emit('job.changed', { jobId: job.id });
  }
  return isMore;
}

/** @returns whether the job has hosts left that nobody sees to */
async function takeTurn(services: Services, job: Job, isStopping: () => boolean): Promise<boolean> {
  const session = await sessionOf(services.db, job);
  if (!session) {
    await services.db.transaction((tx) => endJob(tx, job.id, 'sysmanage'));
    services.log.warn({ jobId: job.id, by: job.userId }, 'job ended: whoever asked for it may do nothing any more');
    return false;
  }
  for (let n = 0; n < A_TURN; n++) {
    if (isStopping()) return true;
    if (!(await takeHost(services, job, session))) {
      await endIfDone(services.db, job.id);
      return false;
    }
  }
  return true;
}

/**
 * Does the act to one host that waits, and says what came of it, in one transaction: whatever dies, both are there or
 * neither. Of it is told after the commit.
 * @returns false when none waits, or the job has ended
 */
async function takeHost(services: Services, job: Job, session: Session): Promise<boolean> {
  const told: (() => void)[] = [];
  const isTaken = await services.db.transaction(async (tx) => {
    // Shared, so that no host is begun once a job is cancelled, and several processes work on it.
    const [open] = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.id, job.id), isNull(jobs.endedAt)))
      .for('share');
    if (!open) return false;
    const [next] = await tx
      .select({ hostId: jobHosts.hostId })
      .from(jobHosts)
      .where(and(eq(jobHosts.jobId, job.id), isNull(jobHosts.outcome)))
      .orderBy(asc(jobHosts.hostId))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!next) return false;
    const ctx = actingIn(services, tx, { job, session, told });
    const outcome = await outcomeOf(ctx, job, next.hostId);
    if (outcome !== 'done') told.length = 0;
    await tx
      .update(jobHosts)
      .set({ outcome, at: new Date() })
      .where(and(eq(jobHosts.jobId, job.id), eq(jobHosts.hostId, next.hostId)));
    return true;
  });
  for (const tell of told) tell();
  return isTaken;
}

async function outcomeOf(ctx: Acting, job: Job, hostId: string): Promise<'done' | AppErrorCode> {
  const given = JSON.parse(job.parameters) as JobAct;
  try {
    const { permission } = JOB_ACTS[given.act];
    if (!ctx.session.permissions.has(permission)) {
      const may = await mayOnHost(ctx.db, ctx, { hostId, permission: permission as HostPermission });
      if (may !== 'yes') throw new AppError(may === 'no' ? 'auth.forbidden' : 'host.not_found');
    }
    // A savepoint: what the verb throws takes back what it did, and nothing else.
    await ctx.db.transaction((tx) => runAct<ActName>({ ...ctx, db: tx }, given as never, { hostId, hosts: job.hosts }));
    return 'done';
  } catch (error) {
    const refusal = error instanceof AppError ? error : asAppError(error as Error);
    // Nobody's mistake, and it passes: the host waits until it has.
    if (refusal.appCode.startsWith('database.')) throw error;
    if (refusal !== error) logFailure(ctx.log, 'an act of a job failed', error);
    return refusal.appCode;
  }
}

/** Whoever asked, as they are now: what they may do is asked anew. */
async function sessionOf(db: Database, { userId, keyId }: Job): Promise<Session | null> {
  if (!userId) return null;
  const [user] = await db
    .select(personColumns)
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deactivatedAt)));
  if (!user) return null;
  if (!keyId) return { id: userId, via: 'token', user, ...rightsOf(user) };
  const [key] = await db
    .select({ name: apiKeys.name, permissions: apiKeys.permissions })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, keyId), isActiveKey(new Date())));
  return key ? { id: keyId, via: 'key', keyName: key.name, user, ...rightsOf(user, key.permissions) } : null;
}

/** What a verb gets: the caller's words of when they asked, one transaction, and events that wait for its end. */
function actingIn(
  services: Services,
  tx: Transaction,
  { job, session, told }: { job: Job; session: Session; told: (() => void)[] },
): Acting {
  const emit: EventBus['emit'] = (...event) => void told.push(() => services.events.emit(...event));
  return {
    ...services,
    db: tx,
    events: { ...services.events, emit },
    session,
    requestId: job.requestId,
    listener: 'web',
    address: job.address,
    userAgent: '',
    agent: null,
    agentRefusal: null,
  };
}

/** A host that another process sees to still waits. */
const endIfDone = (db: Database, jobId: string) =>
  db
    .update(jobs)
    .set({ endedAt: sql`now()`, ...countedOutcomes })
    .where(
      and(
        eq(jobs.id, jobId),
        isNull(jobs.endedAt),
        sql`not exists (select from ${jobHosts} where ${jobHosts.jobId} = ${jobs.id} and ${jobHosts.outcome} is null)`,
      ),
    );
