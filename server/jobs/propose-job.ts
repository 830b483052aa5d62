import { and, inArray, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { hosts, jobHosts, jobs } from '../../db/schema';
import { type HostPermission, mayAnywhere } from '../auth/permissions';
import { AppError } from '../errors';
import { requireFleet } from '../fleets/find-fleets';
import { hostList } from '../hosts/find-hosts';
import { hostsWith, visibleHosts } from '../hosts/visible-hosts';
import { matching } from '../list/list';
import type { SignedIn } from '../trpc';
import { findJob } from './find-jobs';
import { JOB_ACTS } from './job-acts';
import type { JobRow, Proposal } from './job-schema';

const MOST_PROPOSED = 5;

/**
 * Writes down which hosts an act would be done to, and does nothing to them: whoever starts it has seen how many they
 * are, and no other is touched, whatever changes meanwhile. What nobody starts is forgotten after an hour.
 * Throws `auth.forbidden`, `fleet.not_found`, `job.no_hosts`.
 */
export async function proposeJob(ctx: SignedIn, { act, targets }: Proposal): Promise<JobRow> {
  const { session } = ctx;
  const { permission, of } = JOB_ACTS[act.act];
  if (!mayAnywhere(session, permission)) throw new AppError('auth.forbidden');
  if ('fleetId' in act) await requireFleet(ctx, act.fleetId);
  const chosen =
    'hostIds' in targets
      ? and(visibleHosts(ctx), inArray(hosts.id, targets.hostIds))
      : and(
          matching(hostList, ctx, targets.matching),
          targets.except.length > 0 ? notInArray(hosts.id, targets.except) : undefined,
        );
  // What may be done everywhere or not at all has been decided above.
  const mine = session.permissions.has(permission) ? undefined : hostsWith(ctx, permission as HostPermission);
  const isFor = and(mine, of && inArray(hosts.approval, [...of]));
  const jobId = await ctx.db.transaction(async (tx) => {
    await forgetProposals(tx, session.user.id);
    const [job] = await tx
      .insert(jobs)
      .values({
        act: act.act,
        parameters: JSON.stringify(act),
        chosenBy: JSON.stringify('hostIds' in targets ? {} : targets),
        userId: session.user.id,
        keyId: session.via === 'key' ? session.id : null,
        by: session.user.email,
        address: ctx.address,
        requestId: ctx.requestId,
        hosts: 0,
        leftOut: 0,
      })
      .returning({ id: jobs.id });
    const { rows } = await tx.execute<{ taken: number; left: number }>(sql`
      with chosen as (select ${hosts.id} as id, ${hosts.fqdn} as fqdn, (${isFor ?? sql`true`}) as is_for from ${hosts} where ${chosen ?? sql`true`}),
      taken as (
        insert into ${jobHosts} (job_id, host_id, fqdn) select ${job!.id}::uuid, id, fqdn from chosen where is_for
        returning host_id)
      select (select count(*) from taken)::int as taken, (select count(*) from chosen where not is_for)::int as left`);
    const { taken, left } = rows[0]!;
    if (taken === 0) throw new AppError('job.no_hosts');
    await tx
      .update(jobs)
      .set({ hosts: taken, leftOut: left })
      .where(sql`${jobs.id} = ${job!.id}`);
    return job!.id;
  });
  return findJob(ctx, jobId);
}

/** Each may be as long as the list of hosts: of one person's, those before the last few make room. */
const forgetProposals = (tx: Transaction, userId: string) =>
  tx.execute(sql`
    delete from ${jobs} where id in (
      select id from ${jobs} where user_id = ${userId} and started_at is null and ended_at is null
      order by id desc offset ${MOST_PROPOSED - 1})`);
