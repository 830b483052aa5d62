import { eq } from 'drizzle-orm';
import type { Leaf } from '../../agent/configuration/schema';
import { hostConfigurations, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { hostObject } from '../hosts/host-object';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { demandAgreement } from './layers/demand-agreement';
import { editText } from './edit-text';
import { driftOf } from './find-host-configuration';
import { findWanted } from './find-wanted';
import { keptOf, lockLayer, newestText, writeVersion } from './layers/save-layer';
import { wakeHosts } from './wake-hosts';

/**
 * Takes what somebody set on the machine into the host's own layer, so that it is wanted from now on. Throws
 * `configuration.no_drift`, `configuration.invalid` for what an agent of another version lets its owner set,
 * `host.not_found`.
 */
export async function adoptDrift(ctx: SignedIn, hostId: string): Promise<void> {
  const keys = await ctx.db.transaction(async (tx) => {
    const before = await lockLayer(tx, { hostId });
    const drift = driftOf(await findWanted(tx, hostId));
    if (drift.length === 0) throw new AppError('configuration.no_drift');
    const changes = drift.map(({ key, local }): [string, Leaf] => [key, local]);
    const { text, says } = keptOf(ctx, { hostId }, editText(await newestText(tx, { hostId }), changes));
    await demandAgreement(tx, ctx, { of: { hostId }, says });
    await tx.update(hostConfigurations).set({ putBack: [] }).where(eq(hostConfigurations.hostId, hostId));
    await writeVersion(tx, ctx, { hostId }, { before, text, says, message: MESSAGE, action: 'configuration.adopt' });
    return drift.map(({ key }) => key);
  });
  logAct(ctx, { hostId, keys }, 'configuration of a machine adopted');
  await wakeHosts(ctx, { hostId });
}

/** Of the version that it becomes. */
const MESSAGE = 'Adopted from the machine';

/**
 * Lets the machine take out of its agent.yaml what somebody set there against what is wanted: at once, or when it is
 * back. Throws `configuration.no_drift`, `host.not_found`.
 */
export async function putBackDrift(ctx: SignedIn, hostId: string): Promise<void> {
  const keys = await ctx.db.transaction(async (tx) => {
    const [host] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn })
      .from(hosts)
      .where(eq(hosts.id, hostId))
      .for('share');
    if (!host) throw new AppError('host.not_found');
    const drift = driftOf(await findWanted(tx, hostId));
    if (drift.length === 0) throw new AppError('configuration.no_drift');
    const keys = drift.map(({ key }) => key);
    await tx.update(hostConfigurations).set({ putBack: keys }).where(eq(hostConfigurations.hostId, hostId));
    await recordAudit(tx, ctx, {
      action: 'configuration.putBack',
      object: hostObject(host),
      before: { values: drift.map(({ key, local }) => [key, local]) },
      after: { values: drift.map(({ key, wanted }) => [key, wanted]) },
    });
    return keys;
  });
  logAct(ctx, { hostId, keys }, 'configuration of a machine is put back');
  await wakeHosts(ctx, { hostId });
}
