import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { violates } from '../../db/errors';
import { certificates, hostEnrolments, hostEvents, hosts } from '../../db/schema';
import { type Actor, recordAudit } from '../audit/record-audit';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import type { Caller } from '../caller';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { Services } from '../services';
import type { Acting } from '../trpc';
import { isKnown } from './find-hosts';
import { hostObject, lockApproval } from './host-object';

/**
 * Lets a waiting host in: signs the CSR it registered and wakes the agent. A rejected one may be let in after all, and
 * one in conflict once no approved host has its name, or under another name that the administrator gives it: a copy of
 * a machine goes on calling itself by the name it was copied with.
 * Throws `host.not_pending`, `host.name_taken`, `host.not_found`.
 */
export async function approveHost(
  ctx: Acting,
  hostId: string,
  fqdn?: string,
  from: Approval['from'] = ['pending', 'conflict', 'rejected'],
): Promise<void> {
  const { user } = ctx.session;
  const by = { userId: user.id, name: user.email };
  const approved = await ctx.db
    .transaction((tx) => letIn(ctx, tx, { hostId, from, by, fqdn }))
    .catch((error: unknown) => {
      // The index `host_fqdn_approved` decides, also between two approvals at once.
      throw violates(error, 'host_fqdn_approved') ? new AppError('host.name_taken', { cause: error }) : error;
    });
  announceApproval(ctx, approved);
}

interface Approval {
  hostId: string;
  /** The states it may be let in from. */
  from: ('pending' | 'conflict' | 'rejected')[];
  /** Who lets it in: a person, or the enrolment token it came with. */
  by: { userId: string; name: string } | { tokenId: string; name: string };
  /** Its name from now on, if not the one it calls itself. */
  fqdn?: string;
}

/**
 * The one way in, within the caller's transaction: whoever calls it says so with `announceApproval` after the commit.
 * Throws `host.not_pending`, `host.not_found`; the index `host_fqdn_approved` stops a second host of one name.
 */
export async function letIn(
  ctx: Pick<Services, 'authority' | 'config'> & Actor,
  tx: Transaction,
  { hostId, from, by, fqdn }: Approval,
) {
  // Everything this changes, in the order of the ids: two approvals of namesakes, or one and what expires, would else
  // wait for each other.
  const name = fqdn ?? sql`(select fqdn from host where id = ${hostId})`;
  await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(or(eq(hosts.id, hostId), and(eq(hosts.fqdn, name), eq(hosts.approval, 'pending'))))
    .orderBy(asc(hosts.id))
    .for('update');
  const before = await lockApproval(tx, hostId);
  // Guarded in SQL: two people may press the button, and only one certificate may exist.
  const [host] = await tx
    .update(hosts)
    .set({ approval: 'approved', decidedAt: new Date(), decidedBy: 'userId' in by ? by.userId : null, fqdn })
    .where(and(eq(hosts.id, hostId), inArray(hosts.approval, from)))
    .returning();
  if (!host) throw new AppError((await isKnown(tx, hostId)) ? 'host.not_pending' : 'host.not_found');
  // Whoever else waits under this name can now only be approved by a person who has looked twice.
  const namesakes = await tx
    .update(hosts)
    .set({ approval: 'conflict' })
    .where(and(eq(hosts.fqdn, host.fqdn), eq(hosts.approval, 'pending')))
    .returning({ id: hosts.id });
  const [enrolment] = await tx.select().from(hostEnrolments).where(eq(hostEnrolments.hostId, hostId));
  const issued = await issueClientCertificate(ctx.authority, {
    csr: enrolment!.csr,
    hostId,
    fqdn: host.fqdn,
    days: ctx.config.certificates.client_days,
  });
  await tx.insert(certificates).values({ ...issued, hostId });
  await tx.insert(hostEvents).values({ hostId, kind: 'approved', actor: by.name });
  await recordAudit(tx, ctx, {
    action: 'host.approve',
    object: hostObject(host),
    ...('tokenId' in by && { actor: { kind: 'enrolmentToken', id: by.tokenId, label: by.name } }),
    before,
    after: {
      approval: 'approved',
      serial: issued.serial,
      ...(fqdn && { fqdn }),
      // One, as registering leaves no second one pending: it fits into the record.
      ...(namesakes.length > 0 && { conflictingHostIds: namesakes.map(({ id }) => id) }),
    },
  });
  return { host, from: before!.approval, namesakes, by };
}

/**
 * Tells the waiting agent, the open pages and the log. After the commit: a listener must never see a row that can still
 * roll back.
 */
export function announceApproval(
  who: Pick<Services, 'log' | 'events'> & Partial<Caller>,
  approved: Awaited<ReturnType<typeof letIn>>,
): void {
  const { host, from, namesakes, by } = approved;
  logAct(who, { hostId: host.id, fqdn: host.fqdn, ...('tokenId' in by && { tokenId: by.tokenId }) }, 'host approved');
  who.events.emit('host.approval_changed', { hostId: host.id, from, to: 'approved' });
  for (const { id } of namesakes)
    who.events.emit('host.approval_changed', { hostId: id, from: 'pending', to: 'conflict' });
}
