import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { v7 as uuidv7 } from 'uuid';
import { users } from './users';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** One act on many hosts, done one host after the other, by whichever processes of the server are there. */
export const jobs = pgTable(
  'job',
  {
    id: uuid().primaryKey().$defaultFn(uuidv7),
    act: text().notNull(),
    /**
     * What the act takes besides hosts, and what chose the hosts, as JSON. Not jsonb: drizzle reads texts in it anew.
     */
    parameters: text().notNull(),
    chosenBy: text('chosen_by').notNull(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
    /** The API key that asked for it: it may do what that names. Null for a person. */
    keyId: uuid('key_id'),
    /** The e-mail of whoever asked, and where from: kept as text, so that it is told however they change. */
    by: text().notNull(),
    address: text().notNull(),
    requestId: text('request_id').notNull(),
    /** How many hosts it is for, and how many more were chosen that the act is not for. */
    hosts: integer().notNull(),
    leftOut: integer('left_out').notNull(),
    proposedAt: instant('proposed_at').notNull().defaultNow(),
    /** Null until somebody has seen what it will do and said so. */
    startedAt: instant('started_at'),
    cancelledAt: instant('cancelled_at'),
    /** Who cancelled it, or why the server did. */
    cancelledBy: text('cancelled_by'),
    endedAt: instant('ended_at'),
    /** To how many hosts it was done and to how many not, as it ended; null until then: `job_host` says it. */
    done: integer(),
    refused: integer(),
  },
  (job) => [
    index('job_of_user').on(job.userId, job.id),
    index('job_open')
      .on(job.id)
      .where(sql`ended_at is null`),
    check('job_cancelled_ends', sql`cancelled_at is null or ended_at is not null`),
  ],
);

/** The hosts of a job, fixed when it is proposed. No foreign key to `host`: some acts delete it. */
export const jobHosts = pgTable(
  'job_host',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    hostId: uuid('host_id').notNull(),
    /** Its name when the job was proposed. */
    fqdn: text().notNull(),
    /** `done`, or the code of what was against it; null while it is to be done. */
    outcome: text(),
    at: instant('at'),
  },
  (host) => [
    primaryKey({ columns: [host.jobId, host.hostId] }),
    index('job_host_due')
      .on(host.jobId, host.hostId)
      .where(sql`outcome is null`),
    index('job_host_outcome').on(host.jobId, host.outcome, host.hostId),
  ],
);
