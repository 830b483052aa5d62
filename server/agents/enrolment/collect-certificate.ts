import { and, desc, eq, isNull } from 'drizzle-orm';
import type { EnrolmentProof } from '../../../agent/protocol';
import type { Database, Transaction } from '../../../db/client';
import { certificates, hostEvents, hosts, renewals } from '../../../db/schema';
import { recordAudit } from '../../audit/record-audit';
import { issueClientCertificate } from '../../certificates/issue-client-certificate';
import { renewalWindow } from '../../certificates/validity';
import { AppError } from '../../errors';
import { hostObject } from '../../hosts/host-object';
import { logAct } from '../../log';
import type { Context } from '../../context';
import { proveEnrolment } from './prove-enrolment';

const DAY_MS = 24 * 60 * 60 * 1000;

type Proven = Awaited<ReturnType<typeof proveEnrolment>>;
type Certificate = typeof certificates.$inferSelect;

/**
 * The certificate of an approved host, PEM, for whoever proves to hold its key. One that is past two thirds of its life
 * is replaced: a machine that was off until its certificate lapsed comes back by itself, as long as it is approved and
 * was not away for longer than `certificates.lapse_days`. So is one that a wrong clock of ours dated into the future.
 * Throws `agent.not_approved`, `agent.lapsed_too_long`, `agent.too_many_renewals`, and `agent.challenge_expired` when
 * the key stopped being the host's since it was proven: the agent asks anew, and hears what it is now.
 */
export async function collectCertificate(
  ctx: Context,
  proof: EnrolmentProof,
  now = new Date(),
): Promise<{ certificate: string }> {
  return collectProven(ctx, await proveEnrolment(ctx, proof), now);
}

/**
 * The same, once the key is proven. Whatever was proven may be so no more: the host's row is asked again before
 * anything is signed.
 */
export async function collectProven(ctx: Context, host: Proven, now: Date): Promise<{ certificate: string }> {
  if (host.approval !== 'approved') throw new AppError('agent.not_approved');
  const newest = await findNewest(ctx.db, host);
  if (newest && isFresh(newest, now)) return { certificate: newest.pem };

  const { pem, lapsedMs } = await replace(ctx, host, now);
  if (lapsedMs !== null) {
    logAct(
      ctx,
      { hostId: host.id, fqdn: host.fqdn, lapsedDays: Math.max(0, lapsedMs / DAY_MS) },
      'certificate renewed by proof of the key',
    );
    ctx.events.emit('host.changed', { hostId: host.id });
  }
  return { certificate: pem };
}

/** Signs, unless another call with the same proof just did: `lapsedMs` is null then. */
async function replace(ctx: Context, host: Proven, now: Date): Promise<{ pem: string; lapsedMs: number | null }> {
  const { id: hostId, csr, fqdn, keyFingerprint } = host;
  return ctx.db.transaction(async (tx) => {
    const { isNextKey } = await lockKey(tx, host);
    const newest = await findNewest(tx, host);
    if (!newest) throw new AppError('internal', { cause: new Error(`approved host ${hostId} has no certificate`) });
    if (isFresh(newest, now)) return { pem: newest.pem, lapsedMs: null };

    const lapsedMs = now.getTime() - newest.notAfter.getTime();
    if (lapsedMs > ctx.config.certificates.lapse_days * DAY_MS) {
      ctx.log.warn(
        { hostId, fqdn, lapsed: newest.notAfter },
        'certificate lapsed too long ago to be renewed by proof of the key',
      );
      throw new AppError('agent.lapsed_too_long');
    }
    await ctx.limits.renewals.take(hostId);
    const issued = await issueClientCertificate(ctx.authority, {
      csr,
      hostId,
      fqdn,
      days: ctx.config.certificates.client_days,
      now,
    });
    await tx.insert(certificates).values({ ...issued, hostId });
    if (isNextKey) {
      await tx
        .update(renewals)
        .set({ serial: issued.serial })
        .where(and(eq(renewals.hostId, hostId), eq(renewals.keyFingerprint, keyFingerprint)));
    }
    await tx
      .insert(hostEvents)
      .values(
        lapsedMs > 0
          ? { hostId, kind: 'recovered', detail: String(Math.ceil(lapsedMs / DAY_MS)) }
          : { hostId, kind: 'renewed', detail: 'same_key' },
      );
    await recordAudit(tx, ctx, {
      action: 'agent.certificate',
      actor: { kind: 'agent', id: hostId, label: fqdn },
      object: hostObject({ id: hostId, fqdn }),
      before: { serial: newest.serial, notAfter: newest.notAfter },
      after: { serial: issued.serial, notAfter: issued.notAfter },
    });
    return { pem: issued.pem, lapsedMs };
  });
}

/**
 * The host's row, held until the certificate is there: a revocation must not miss it, nor another machine that is given
 * the host's place, nor a next key that is used for the first time. Each of them makes the proven key nobody's.
 */
async function lockKey(tx: Transaction, { id: hostId, keyFingerprint }: Proven): Promise<{ isNextKey: boolean }> {
  const [approved] = await tx
    .select({ keyFingerprint: hosts.keyFingerprint })
    .from(hosts)
    .where(and(eq(hosts.id, hostId), eq(hosts.approval, 'approved')))
    .for('update');
  if (!approved) throw new AppError('agent.not_approved');
  if (approved.keyFingerprint === keyFingerprint) return { isNextKey: false };
  const [next] = await tx
    .select({ serial: renewals.serial })
    .from(renewals)
    .where(and(eq(renewals.hostId, hostId), eq(renewals.keyFingerprint, keyFingerprint)));
  if (!next) throw new AppError('agent.challenge_expired');
  return { isNextKey: true };
}

async function findNewest(
  db: Database | Transaction,
  { id: hostId, keyFingerprint }: Proven,
): Promise<Certificate | undefined> {
  const [newest] = await db
    .select()
    .from(certificates)
    .where(
      and(
        eq(certificates.hostId, hostId),
        eq(certificates.keyFingerprint, keyFingerprint),
        isNull(certificates.revokedAt),
      ),
    )
    .orderBy(desc(certificates.issuedAt))
    .limit(1);
  return newest;
}

const isFresh = (certificate: Certificate, now: Date) =>
  now >= certificate.notBefore && now < renewalWindow(certificate).from;
