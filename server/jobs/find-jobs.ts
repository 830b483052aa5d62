import { and, eq, inArray, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Database } from '../../db/client';
import { fleets, jobHosts, jobs } from '../../db/schema';
import { AppError } from '../errors';
import type { Asker } from '../hosts/visible-hosts';
import { byId } from '../list/keyset';
import { type List, readPage } from '../list/list';
import type { JobAct } from './job-acts';
import type { jobHostPage, JobRow, jobPage, OUTCOMES } from './job-schema';

type Ctx = Asker & { db: Database };

/** Which jobs there are for the caller: they name hosts, so that others' are for whoever may see all of those. */
export const visibleJobs = ({ session }: Asker): SQL | undefined =>
  session.permissions.has('hosts.read') ? undefined : eq(jobs.userId, session.user.id);

const outcomeCount = (of: SQL) =>
  sql<number>`(select count(*) from ${jobHosts} where ${jobHosts.jobId} = ${jobs.id} and ${of})::int`;
/** To how many hosts of a job its act was done, and to how many not. Some read all of its hosts. */
export const countedOutcomes = {
  done: outcomeCount(eq(jobHosts.outcome, 'done')),
  refused: outcomeCount(and(isNotNull(jobHosts.outcome), ne(jobHosts.outcome, 'done'))!),
};
const fleetId = sql`(${jobs.parameters}::jsonb ->> 'fleetId')::uuid`;

const selectJobs = ({ db }: Ctx) =>
  db
    .select({
      job: jobs,
      fleet: { id: fleets.id, name: fleets.name },
      // Counted only while it runs: a list of jobs has few of those.
      done: sql<number>`coalesce(${jobs.done}, ${countedOutcomes.done})`,
      refused: sql<number>`coalesce(${jobs.refused}, ${countedOutcomes.refused})`,
    })
    .from(jobs)
    .leftJoin(fleets, eq(fleets.id, fleetId));
type Stored = Awaited<ReturnType<typeof selectJobs>>[number];

export const jobList: List<Ctx, object, Stored, 'newest'> = {
  select: selectJobs,
  scope: visibleJobs,
  // What was proposed and not started is its page's alone.
  conditions: () => [isNotNull(jobs.startedAt)],
  id: { of: ({ job }) => job.id },
  orders: { newest: byId(jobs.id, ({ job }) => job.id) },
};

/** What was started, newest first. */
export async function listJobs(
  ctx: Ctx,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof jobPage>> {
  const page = { filter: {}, sort: 'newest', direction: 'desc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(jobList, ctx, page);
  return { jobs: rows.map(jobRow), nextCursor };
}

/** Throws `job.not_found`. */
export async function findJob(ctx: Ctx, jobId: string): Promise<JobRow> {
  const found = await findJobs(ctx, [jobId]);
  if (!found[0]) throw new AppError('job.not_found');
  return found[0];
}

export async function findJobs(ctx: Ctx, jobIds: readonly string[]): Promise<JobRow[]> {
  const found = await selectJobs(ctx).where(and(inArray(jobs.id, [...jobIds]), visibleJobs(ctx)));
  return found.map(jobRow);
}

type JobHost = typeof jobHosts.$inferSelect;
export const jobHostList: List<
  Ctx,
  { jobId: string; outcome?: (typeof OUTCOMES)[number] | undefined },
  JobHost,
  'host'
> = {
  select: ({ db }) => db.select().from(jobHosts),
  conditions: ({ jobId, outcome }) => [
    eq(jobHosts.jobId, jobId),
    outcome === 'waiting'
      ? isNull(jobHosts.outcome)
      : outcome === 'done'
        ? eq(jobHosts.outcome, 'done')
        : outcome === 'refused'
          ? or(sql`${jobHosts.outcome} < 'done'`, sql`${jobHosts.outcome} > 'done'`)
          : undefined,
  ],
  id: { of: ({ hostId }) => hostId },
  orders: { host: byId(jobHosts.hostId, ({ hostId }) => hostId) },
};

/** What became of a job's hosts, in the order of their ids. Throws `job.not_found`. */
export async function listJobHosts(
  ctx: Ctx,
  {
    cursor,
    limit,
    ...filter
  }: { jobId: string; outcome?: (typeof OUTCOMES)[number] | undefined; cursor?: string | undefined; limit: number },
): Promise<z.infer<typeof jobHostPage>> {
  await findJob(ctx, filter.jobId);
  const page = { filter, sort: 'host', direction: 'asc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(jobHostList, ctx, page);
  return {
    hosts: rows.map(({ hostId, fqdn, outcome, at }) => ({ hostId, fqdn, outcome, at: at?.toISOString() ?? null })),
    nextCursor,
  };
}

function jobRow({ job, fleet, done, refused }: Stored): JobRow {
  const given = JSON.parse(job.parameters) as JobAct;
  return {
    id: job.id,
    act: given.act,
    tags: 'tags' in given ? given.tags : [],
    fleet,
    state: stateOf(job),
    by: job.by,
    cancelledBy: job.cancelledBy,
    proposedAt: job.proposedAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    endedAt: job.endedAt?.toISOString() ?? null,
    hosts: job.hosts,
    leftOut: job.leftOut,
    done,
    refused,
  };
}

function stateOf({ cancelledAt, endedAt, startedAt }: typeof jobs.$inferSelect): JobRow['state'] {
  if (cancelledAt) return 'cancelled';
  if (endedAt) return 'done';
  return startedAt ? 'running' : 'proposed';
}
