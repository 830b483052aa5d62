import { z } from 'zod';
import { EVERY } from '../events';
import { SERVER_ITSELF } from '../hosts/visible-hosts';
import type { Services } from '../services';
import { findJobs } from './find-jobs';
import type { JobRow } from './job-schema';

const jobId = z.uuid();

/** What pages hear of jobs, by the job's id. */
export function registerJobs({ hub, events, db }: Services): void {
  const topic = hub.register<JobRow>('jobs', {
    permission: 'hosts.read',
    isKey: (key) => jobId.safeParse(key).success,
    visibleTo: async (session, jobIds) => (await findJobs({ db, session }, [...jobIds])).map(({ id }) => id),
    read: async (jobIds) =>
      new Map((await findJobs({ db, ...SERVER_ITSELF }, [...jobIds])).map((job) => [job.id, job] as const)),
  });
  events.listen('job.changed', EVERY, ({ jobId }) => topic.stale(jobId));
}
