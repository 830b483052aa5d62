import { and, asc, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { configurationLayers, configurationOrder, fleets, lowerName } from '../../../db/schema';
import { recordAudits } from '../../audit/record-audit';
import { inParts } from '../../commands/audited-text';
import { AppError } from '../../errors';
import { visibleFleets } from '../../fleets/visible-fleets';
import { logAct } from '../../log';
import { textLike } from '../../rest/schema';
import type { SignedIn } from '../../trpc';
import { compareHosts, type Comparison, findPlaces } from '../compare-hosts';
import { demandAgreement } from './demand-agreement';
import { wakeHosts } from '../wake-hosts';
import { mistake } from '../../../words/explain-issue';

export const fleetOrder = z.object({
  fleets: z
    .array(
      z.object({
        id: z.string().meta({ format: 'uuid' }),
        name: textLike('Shop'),
        isOrdered: z.boolean(),
        version: z.number().int().meta({ description: 'Of its layer; 0 while nobody has written it.' }),
      }),
    )
    .meta({ description: 'Those that are ordered, and after them those that have a layer and are not.' }),
  etag: textLike('"n4bQgYhMfWWaL-qgxVrQFa"').meta({ description: 'For `If-Match`; in the header `ETag` too.' }),
});

/** The fleets that have a layer or a place, as far as there are such for the caller. The last one counts most. */
export async function findOrder(ctx: SignedIn): Promise<z.infer<typeof fleetOrder>> {
  // First: a tag older than the list refuses in vain at most, and a newer one would let somebody's order be undone.
  const etag = etagOf(idsInOrder(await findPlaces(ctx.db)));
  const found = await ctx.db
    .select({
      id: fleets.id,
      name: fleets.name,
      isOrdered: sql<boolean>`${configurationOrder.place} is not null`,
      version: sql<number>`coalesce(${configurationLayers.version}, 0)`,
    })
    .from(fleets)
    .leftJoin(configurationLayers, eq(configurationLayers.fleetId, fleets.id))
    .leftJoin(configurationOrder, eq(configurationOrder.fleetId, fleets.id))
    .where(and(visibleFleets(ctx), or(isNotNull(configurationLayers.layer), isNotNull(configurationOrder.place))))
    .orderBy(asc(configurationOrder.place), asc(lowerName(fleets.name)));
  ctx.setETag?.(etag);
  return { fleets: found, etag };
}

/** Of all fleets that have a place: the same order has the same one. RFC 9110, 8.8.3. */
const etagOf = (fleetIds: readonly string[]) =>
  `"${createHash('sha256').update(fleetIds.join()).digest('base64url').slice(0, 22)}"`;

const idsInOrder = (places: ReadonlyMap<string, number>) => [...places].sort(([, a], [, b]) => a - b).map(([id]) => id);

export const proposedOrder = z.object({
  fleetIds: z
    .array(z.uuid())
    .max(1000)
    .refine((ids) => new Set(ids).size === ids.length, mistake('server.input.twice'))
    .meta({ description: 'The one that counts least first. Any other fleet has no place then.' }),
});

export const newOrder = proposedOrder.extend({
  etag: z
    .string()
    .max(100)
    .optional()
    .meta({
      description:
        'What `If-Match` says, for who cannot send it: of the order that this one is made from, or `*` for whatever there is. One of the two is needed.',
      examples: ['"n4bQgYhMfWWaL-qgxVrQFa"'],
    }),
});

/** What this order would change, of the hosts that there are for the caller. Changes nothing. */
export const previewOrder = (ctx: SignedIn, { fleetIds }: z.infer<typeof proposedOrder>): Promise<Comparison> =>
  compareHosts(ctx.db, { of: 'all', places: placesOf(fleetIds), asker: ctx });

const placesOf = (fleetIds: readonly string[]) => new Map(fleetIds.map((id, place) => [id, place]));

/** As many ids as the audit log keeps in one record (8 KiB). */
const NAMED = 200;

/**
 * Says which fleets count more than which, and tells their hosts. Throws `configuration.version_needed`,
 * `configuration.changed_meanwhile`, `fleet.not_found`, and `configuration.fleets_disagree` when fleets that lose their
 * place say different things of a host.
 */
export async function saveOrder(
  ctx: SignedIn,
  { fleetIds, etag = ctx.ifMatch ?? undefined }: z.infer<typeof newOrder>,
): Promise<void> {
  if (etag === undefined) throw new AppError('configuration.version_needed');
  const moved = await ctx.db.transaction(async (tx) => {
    // One at a time: of two orders that are written at once one counts, and not some of each.
    await tx.execute(sql`lock table ${configurationOrder} in share row exclusive mode`);
    const former = idsInOrder(await findPlaces(tx));
    if (etag !== '*' && etag !== etagOf(former)) throw new AppError('configuration.changed_meanwhile');
    const known = await tx
      .select({ id: fleets.id })
      .from(fleets)
      .where(inArray(fleets.id, fleetIds))
      .orderBy(asc(fleets.id))
      .for('share');
    if (known.length < fleetIds.length) throw new AppError('fleet.not_found');
    await demandAgreement(tx, ctx, { of: 'all', places: placesOf(fleetIds) });
    await tx.delete(configurationOrder);
    const rows = fleetIds.map((fleetId, place) => ({ fleetId, place }));
    if (rows.length > 0) await tx.insert(configurationOrder).values(rows);
    const [was, is] = [inParts(former, NAMED), inParts(fleetIds, NAMED)];
    const parts = Math.max(1, was.length, is.length);
    await recordAudits(
      tx,
      ctx,
      Array.from({ length: parts }, (_, at) => ({
        action: 'configuration.saveOrder' as const,
        object: { kind: 'configuration', id: 'order', label: 'order' },
        before: { fleetIds: was[at] ?? [] },
        after: { ...(parts > 1 && { part: at + 1, parts }), fleetIds: is[at] ?? [] },
      })),
    );
    return [...new Set([...former, ...fleetIds])];
  });
  logAct(ctx, { fleets: fleetIds.length }, 'fleets ordered for configurations');
  await wakeHosts(ctx, { fleetIds: moved });
  ctx.setETag?.(etagOf(fleetIds));
}
