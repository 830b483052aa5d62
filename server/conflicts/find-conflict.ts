import { and, asc, eq, or } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { hostEnrolments, hosts } from '../../db/schema';
import { ofEnrolment } from '../agents/enrolment/prove-enrolment';
import { AppError } from '../errors';
import { type Asker, mayOnHost } from '../hosts/visible-hosts';

/**
 * The two sides of a conflict, both locked until the transaction ends. Throws `host.not_found`, `host.not_conflicting`
 * when somebody has decided on the newcomer, and `host.no_known_one` when no approved host has its name (any more), or
 * none that the caller knows of; `auth.forbidden` when they may decide on the newcomer and not on that one.
 */
export async function findConflict(tx: Transaction, asker: Asker, newcomerId: string) {
  const [asked] = await tx.select({ id: hosts.id, fqdn: hosts.fqdn }).from(hosts).where(ofEnrolment(newcomerId));
  if (!asked) throw new AppError('host.not_found');
  // Somebody has given it the known host's place: it is that host now.
  if (asked.id !== newcomerId) throw new AppError('host.not_conflicting');
  // Both in the order of their ids: two people who decide on two newcomers of one name would else wait for each other.
  const rows = await tx
    .select()
    .from(hosts)
    .where(or(eq(hosts.id, newcomerId), and(eq(hosts.fqdn, asked.fqdn), eq(hosts.approval, 'approved'))))
    .orderBy(asc(hosts.id))
    .for('update');
  const newcomer = rows.find(({ id }) => id === newcomerId);
  if (newcomer?.approval !== 'conflict') throw new AppError('host.not_conflicting');
  const known = rows.find(({ approval }) => approval === 'approved');
  const may = known ? await mayOnHost(tx, asker, { hostId: known.id, permission: 'hosts.approve' }) : 'unseen';
  if (!known || may === 'unseen') throw new AppError('host.no_known_one');
  if (may === 'no') throw new AppError('auth.forbidden');
  const [enrolment] = await tx.select().from(hostEnrolments).where(eq(hostEnrolments.hostId, newcomerId));
  return { newcomer, csr: enrolment!.csr, known };
}
