import { and, asc, inArray, lt } from 'drizzle-orm';
import { hosts } from '../../../db/schema';
import { recordAudits } from '../../audit/record-audit';
import { auditedState, hostObject } from '../../hosts/host-object';
import { createSteadyClock } from '../../process/steady-clock';
import type { Services } from '../../services';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Forgets registrations nobody decided on for `enrolment.pending_hours`. A machine that still waits hears that it is
 * unknown and registers again by itself; what is left over from machines that are gone does not fill the places.
 * @returns how many it forgot
 */
export async function expireWaiting({ db, audit, events, config, log }: Services, now = new Date()): Promise<number> {
  const registeredBefore = new Date(now.getTime() - config.enrolment.pending_hours * HOUR_MS);
  const expired = await db.transaction(async (tx) => {
    // Locked in the order of their ids, as by an approval, which holds namesakes that wait: they would else wait for
    // each other.
    const locked = tx
      .select({ id: hosts.id })
      .from(hosts)
      .where(and(inArray(hosts.approval, ['pending', 'conflict']), lt(hosts.registeredAt, registeredBefore)))
      .orderBy(asc(hosts.id))
      .for('update');
    const expired = await tx.delete(hosts).where(inArray(hosts.id, locked)).returning();
    await recordAudits(
      tx,
      { audit },
      expired.map((host) => ({ action: 'host.expire', object: hostObject(host), before: auditedState(host) })),
    );
    return expired;
  });
  if (expired.length > 0) log.info({ hosts: expired.length }, 'registrations nobody decided on have expired');
  for (const { id, approval } of expired) events.emit('host.deleted', { hostId: id, from: approval });
  return expired.length;
}

/** Does so now and every hour, unless the clock has just leapt. */
export function keepExpiringWaiting(services: Services): { stop(): void } {
  const isSteady = createSteadyClock();
  const expire = () => {
    if (!isSteady()) return;
    expireWaiting(services).catch((error: unknown) =>
      services.log.error({ err: error }, 'registrations were not expired'),
    );
  };
  expire();
  const timer = setInterval(expire, HOUR_MS);
  return { stop: () => clearInterval(timer) };
}
