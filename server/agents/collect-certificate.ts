import { and, desc, eq, isNull } from 'drizzle-orm';
import type { EnrolmentProof } from '../../agent/protocol';
import { certificates, hostEvents, hosts, renewals } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { renewalWindow } from '../certificates/validity';
import { AppError } from '../errors';
import { hostObject } from '../hosts/host-object';
import type { Context } from '../trpc';
import { proveEnrolment } from './prove-enrolment';

const DAY_MS = 24 * 60 * 60 * 1000;

type Proven = Awaited<ReturnType<typeof proveEnrolment>>;

/**
 * The certificate of an approved host, PEM, for whoever proves to hold its key. One that is past two thirds of its life
 * is replaced: a machine that was off until its certificate lapsed comes back by itself, as long as it is approved and
 * was not away for longer than `certificates.lapse_days`. So is one that a wrong clock of ours dated into the future.
 * Throws `agent.not_approved`, `agent.lapsed_too_long`.
 */
export async function collectCertificate(ctx: Context, proof: EnrolmentProof, now = new Date()): Promise<{ certificate: string }> {
  const host = await proveEnrolment(ctx, proof);
  if (host.approval !== 'approved') throw new AppError('agent.not_approved');
  const [newest] = await ctx.db
    .select()
    .from(certificates)
    .where(
      and(
        eq(certificates.hostId, host.id),
        eq(certificates.keyFingerprint, host.keyFingerprint),
        isNull(certificates.revokedAt),
      ),
    )
    .orderBy(desc(certificates.issuedAt))
    .limit(1);
  if (!newest) throw new AppError('internal', { cause: new Error(`approved host ${host.id} has no certificate`) });
  if (now >= newest.notBefore && now < renewalWindow(newest).from) return { certificate: newest.pem };

  const lapsedMs = now.getTime() - newest.notAfter.getTime();
  if (lapsedMs > ctx.config.certificates.lapse_days * DAY_MS) {
    ctx.log.warn({ hostId: host.id, fqdn: host.fqdn, lapsed: newest.notAfter }, 'certificate lapsed too long ago to be renewed by proof of the key');
    throw new AppError('agent.lapsed_too_long');
  }
  const pem = await replace(ctx, host, newest.serial, { now, lapsedMs });
  ctx.log.info({ hostId: host.id, fqdn: host.fqdn, lapsedDays: Math.max(0, lapsedMs / DAY_MS) }, 'certificate renewed by proof of the key');
  ctx.events.emit('host.changed', { hostId: host.id });
  return { certificate: pem };
}

async function replace(ctx: Context, host: Proven, serial: string, { now, lapsedMs }: { now: Date; lapsedMs: number }): Promise<string> {
  const { id: hostId, csr, fqdn } = host;
  return ctx.db.transaction(async (tx) => {
    // Held until the certificate is there: a revocation must not miss it.
    const [approved] = await tx
      .select({ id: hosts.id })
      .from(hosts)
      .where(and(eq(hosts.id, hostId), eq(hosts.approval, 'approved')))
      .for('update');
    if (!approved) throw new AppError('agent.not_approved');
    const issued = await issueClientCertificate(ctx.authority, { csr, hostId, fqdn, days: ctx.config.certificates.client_days, now });
    await tx.insert(certificates).values({ ...issued, hostId });
    if (host.isNextKey) {
      const [moved] = await tx
        .update(renewals)
        .set({ serial: issued.serial })
        .where(and(eq(renewals.hostId, hostId), eq(renewals.serial, serial)))
        .returning({ serial: renewals.serial });
      // It became the host's key, or was replaced, since it was proven. The agent asks again.
      if (!moved) throw new AppError('agent.challenge_expired');
    }
    await tx.insert(hostEvents).values(
      lapsedMs > 0
        ? { hostId, kind: 'recovered', detail: String(Math.ceil(lapsedMs / DAY_MS)) }
        : { hostId, kind: 'renewed', detail: 'same_key' },
    );
    await recordAudit(tx, ctx, {
      action: lapsedMs > 0 ? 'host.recover' : 'host.renew',
      actor: { kind: 'agent', id: hostId, label: fqdn },
      object: hostObject({ id: hostId, fqdn }),
      before: { serial },
      after: { serial: issued.serial },
    });
    return issued.pem;
  });
}
