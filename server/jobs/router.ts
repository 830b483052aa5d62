import { z } from 'zod';
import { mayAnywhere } from '../auth/permissions';
import { cut } from '../list/list';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { canOnSome, router } from '../trpc';
import { cancelJob, startJob } from './change-job';
import { findJob, listJobHosts, listJobs } from './find-jobs';
import { JOB_ACTS } from './job-acts';
import { jobHostPage, jobPage, jobRow, OUTCOMES, proposal } from './job-schema';
import { proposeJob } from './propose-job';

const oneJob = z.object({ jobId: z.uuid() });

/**
 * One act on many hosts: proposed, looked at, started, watched, cancelled. What the act asks for is asked of each host.
 */
export const jobsRouter = router({
  list: canOnSome('hosts.read')
    .meta(
      rest('GET', '/jobs', {
        tag: 'Jobs',
        summary: 'List jobs',
        description: 'Those that were started, newest first. Whoever sees some hosts only sees their own.',
      }),
    )
    .input(z.object(cut()))
    .output(jobPage)
    .query(({ ctx, input }) => listJobs(ctx, input)),

  byId: canOnSome('hosts.read')
    .meta(rest('GET', '/jobs/{jobId}', { tag: 'Jobs', summary: 'Get a job', errors: ['job.not_found'] }))
    .input(oneJob)
    .output(jobRow)
    .query(({ ctx, input }) => findJob(ctx, input.jobId)),

  /** `feed` is where the live stream goes on from; `mayStart` whether it is the caller who can start it. */
  page: canOnSome('hosts.read')
    .input(oneJob)
    .query(async ({ ctx, input }) => {
      const [feed, job] = [ctx.hub.cursor(), await findJob(ctx, input.jobId)];
      const mayStart = job.by === ctx.session.user.email && mayAnywhere(ctx.session, JOB_ACTS[job.act].permission);
      return { feed, job, mayStart };
    }),

  hosts: canOnSome('hosts.read')
    .meta(
      rest('GET', '/jobs/{jobId}/hosts', {
        tag: 'Jobs',
        summary: 'List the hosts of a job',
        description: 'And what became of each.',
        errors: ['job.not_found'],
      }),
    )
    .input(oneJob.extend({ outcome: z.enum(OUTCOMES).optional(), ...cut() }))
    .output(jobHostPage)
    .query(({ ctx, input }) => listJobHosts(ctx, input)),

  propose: canOnSome('hosts.read')
    .meta(
      rest('POST', '/jobs', {
        tag: 'Jobs',
        summary: 'Propose a job',
        description: 'Says how many hosts it is for, and keeps which. Nothing is done before it is started.',
        errors: ['job.no_hosts', 'fleet.not_found'],
      }),
    )
    .input(proposal)
    .output(jobRow)
    .mutation(({ ctx, input }) => proposeJob(ctx, input)),

  start: canOnSome('hosts.read')
    .meta(
      rest('POST', '/jobs/{jobId}/start', {
        tag: 'Jobs',
        summary: 'Start a job',
        description: 'One that the caller has proposed within the last hour.',
        errors: ['job.not_found', 'job.not_proposed'],
      }),
    )
    .input(oneJob)
    .output(nothing)
    .mutation(({ ctx, input }) => startJob(ctx, input.jobId)),

  cancel: canOnSome('hosts.read')
    .meta(
      rest('POST', '/jobs/{jobId}/cancel', {
        tag: 'Jobs',
        summary: 'Cancel a job',
        description: 'What is done stays done.',
        errors: ['job.not_found', 'job.ended'],
      }),
    )
    .input(oneJob)
    .output(nothing)
    .mutation(({ ctx, input }) => cancelJob(ctx, input.jobId)),
});
