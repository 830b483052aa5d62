import { and, asc, eq, gt } from 'drizzle-orm';
import { type Configuration, leavesOf } from '../../agent/configuration/schema';
import { type Platform, platform } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import type { Transaction } from '../../db/client';
import { AppError } from '../errors';
import { hostsWith } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { editText } from './edit-text';
import { type LayerOf, layerName } from './layers/layer-name';
import type { Targets } from './push-configuration';
import { alreadySays } from './secrets';
import { wakeHosts } from './wake-hosts';
import { keptOf, lockLayer, newestText, writeVersion } from './layers/save-layer';

/** Whose values they are: of all hosts, of the approved host of that name, or of each host of a platform. */
export type Whose = { all: true } | { hostname: string } | { platform: string };

/** As many layers in one transaction, so that a platform's worth of them keeps nobody waiting for long. */
const PART = 100;

const MESSAGE = 'POST /api/config/push';

/**
 * Sets values in the layer of all hosts, or in the own layer of each that is meant; what else the layers say stays, and
 * a layer that says all of it already. Throws `auth.forbidden`, `host.not_found`, `input.invalid`. A failure half-way
 * leaves the hosts before it changed, and they are told.
 * @returns whom it concerns
 */
export async function setValues(ctx: SignedIn, says: Configuration, whose: Whose): Promise<Targets> {
  if ('all' in whose) {
    if (!ctx.session.permissions.has('configuration.write')) throw new AppError('auth.forbidden');
    await ctx.db.transaction((tx) => addTo(tx, ctx, 'all', says));
    return { all: true };
  }
  if ('hostname' in whose) {
    const [host] = await findMine(ctx, eq(hosts.fqdn, whose.hostname.trim().toLowerCase()));
    if (!host) throw new AppError('host.not_found');
    await ctx.db.transaction((tx) => addTo(tx, ctx, { hostId: host.id }, says));
    return { hostIds: [host.id] };
  }
  const named = platformOf(whose.platform);
  const changed: string[] = [];
  try {
    for (let after: string | undefined; ;) {
      const part = await findMine(ctx, eq(hosts.platform, named), after);
      if (part.length > 0) {
        await ctx.db.transaction(async (tx) => {
          for (const { id } of part) await addTo(tx, ctx, { hostId: id }, says);
        });
      }
      changed.push(...part.map(({ id }) => id));
      if (part.length < PART) return { platform: named };
      after = part.at(-1)!.id;
    }
  } catch (error) {
    await wakeHosts(ctx, { hostIds: changed });
    throw error;
  }
}

const findMine = (ctx: SignedIn, which: ReturnType<typeof eq>, after?: string) =>
  ctx.db
    .select({ id: hosts.id })
    .from(hosts)
    .where(
      and(
        hostsWith(ctx, 'configuration.write'),
        eq(hosts.approval, 'approved'),
        which,
        after === undefined ? undefined : gt(hosts.id, after),
      ),
    )
    .orderBy(asc(hosts.id))
    .limit(PART);

async function addTo(tx: Transaction, ctx: SignedIn, of: LayerOf, values: Configuration): Promise<void> {
  const leaves = [...leavesOf(values)];
  if (leaves.length === 0) return;
  const before = await lockLayer(tx, of);
  // Scripts say the same again and again: that would be a version each time, and a password that is sealed anew.
  const news = leaves.filter((leaf) => !alreadySays(ctx, layerName(of), before.document, leaf));
  if (news.length === 0) return;
  const { text, says } = keptOf(ctx, of, editText(await newestText(tx, of), news));
  await writeVersion(tx, ctx, of, { before, text, says, message: MESSAGE });
}

/** The first SysManage has the names of Python's `platform.system()`. */
function platformOf(name: string): Platform {
  const small = name.trim().toLowerCase();
  const result = platform.safeParse(small === 'darwin' ? 'macos' : small);
  if (!result.success) throw new AppError('input.invalid');
  return result.data;
}
