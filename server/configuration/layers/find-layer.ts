import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { configurationLayers, configurationVersions } from '../../../db/schema';
import { byId, writeCursor } from '../../list/keyset';
import { type List, readPage } from '../../list/list';
import { instant, textLike } from '../../rest/schema';
import type { Context } from '../../context';
import { demandOwner } from '../demand-owner';
import { findUnvouched, unvouched } from './find-unvouched';
import { etagOf, type LayerOf, layerName } from './layer-name';

const document = z.record(z.string(), z.unknown()).meta({ examples: [{ log: { level: 'debug' } }] });

const versioned = {
  version: z
    .number()
    .int()
    .meta({ description: '0 while nobody has written it.', examples: [3] }),
  message: textLike('Find the slow disk'),
  author: textLike('admin@example.com').nullable(),
  at: instant.nullable(),
};

/** One part of what agents are told to be, as it is now. */
export const layerView = z.object({
  layer: textLike('global'),
  ...versioned,
  etag: textLike('"3"').meta({ description: 'For `If-Match`; in the header `ETag` too.' }),
  document,
  text: textLike('log:\n  level: debug # until Friday\n').meta({ description: 'YAML, with its comments.' }),
  unvouched,
});
type LayerView = z.infer<typeof layerView>;

export const versionsPage = z.object({
  versions: z.array(z.object({ ...versioned, text: textLike('log:\n  level: debug # until Friday\n') })),
  nextBefore: z.number().int().nullable().meta({ description: '`before` of the next page; null on the last.' }),
});

/** What nobody has written is empty. */
export async function findLayer(ctx: Context, of: LayerOf): Promise<LayerView> {
  await demandOwner(ctx.db, of);
  const layer = layerName(of);
  const [now] = await ctx.db
    .select({ document: configurationLayers.document, newest: configurationVersions })
    .from(configurationLayers)
    .innerJoin(
      configurationVersions,
      and(
        eq(configurationVersions.layer, configurationLayers.layer),
        eq(configurationVersions.version, configurationLayers.version),
      ),
    )
    .where(eq(configurationLayers.layer, layer));
  const version = now?.newest.version ?? 0;
  ctx.setETag?.(etagOf(version));
  return {
    layer,
    version,
    message: now?.newest.message ?? '',
    author: now?.newest.author ?? null,
    at: now?.newest.at.toISOString() ?? null,
    etag: etagOf(version),
    document: (now?.document ?? {}) as Record<string, unknown>,
    unvouched: await findUnvouched(ctx, now?.document ?? {}),
    text: now?.newest.text ?? '',
  };
}

const SHOWN = 50;

export const versionList: List<
  Pick<Context, 'db'>,
  { layer: string },
  typeof configurationVersions.$inferSelect,
  'version'
> = {
  select: ({ db }) => db.select().from(configurationVersions),
  conditions: ({ layer }) => [eq(configurationVersions.layer, layer)],
  id: { of: ({ version }) => version, schema: z.number().int() },
  orders: {
    version: byId(configurationVersions.version, ({ version }) => `${version}`, z.string().regex(/^[0-9]{1,9}$/)),
  },
};

/** Latest first. */
export async function listVersions(
  { db }: Context,
  of: LayerOf,
  before: number | undefined,
): Promise<z.infer<typeof versionsPage>> {
  await demandOwner(db, of);
  const { rows, nextCursor } = await readPage(
    versionList,
    { db },
    {
      ...{ filter: { layer: layerName(of) }, sort: 'version', direction: 'desc', limit: SHOWN },
      cursor: before === undefined ? undefined : writeCursor([`${before}`, before]),
    },
  );
  return {
    versions: rows.map(({ version, message, author, at, text }) => ({
      version,
      message,
      author,
      at: at.toISOString(),
      text,
    })),
    nextBefore: nextCursor === null ? null : rows.at(-1)!.version,
  };
}
