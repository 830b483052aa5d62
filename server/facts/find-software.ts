import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { hosts, hostSoftware, software } from '../../db/schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { byText } from '../list/keyset';
import { cut, type List, readPage } from '../list/list';
import { nextCursor, textLike } from '../rest/schema';
import { storableText } from '../storable-text';

/** Each of them is counted for a page. */
const MOST_VERSIONS = 1000;

export const softwareAsked = z.object({
  name: storableText(300)
    .min(1)
    .meta({ description: 'Of a package, as its package manager has it.', examples: ['openssl'] }),
  version: storableText(300)
    .meta({ description: 'This version alone.', examples: ['3.0.15-1~deb12u1'] })
    .optional(),
  ...cut(),
});

export const softwareAnswer = z.object({
  versions: z
    .array(z.object({ version: textLike('3.0.15-1~deb12u1'), hosts: z.number().int() }))
    .meta({ description: 'Each version that some host has, most hosts first.' }),
  isComplete: z
    .boolean()
    .meta({
      description: `False where it has more than ${MOST_VERSIONS} versions. Then these are of the last ${MOST_VERSIONS} that hosts told of first, and so are the hosts.`,
    }),
  hosts: z.array(
    z.object({
      hostId: z.string().meta({ format: 'uuid', examples: ['01890000-0000-7000-8000-000000000000'] }),
      fqdn: textLike('web-01.example.com'),
      versions: z.array(textLike('3.0.15-1~deb12u1')),
    }),
  ),
  nextCursor,
});

type Ctx = Asker & { db: Database };
type Found = { id: string; fqdn: string; softwareIds: number[] };
interface Filter {
  softwareIds: number[];
}

const selectHosts = ({ db }: Ctx) =>
  db
    .select({ id: hosts.id, fqdn: hosts.fqdn, softwareIds: hostSoftware.softwareIds })
    .from(hostSoftware)
    .innerJoin(hosts, eq(hosts.id, hostSoftware.hostId));

const list: List<Ctx, Filter, Found, 'fqdn'> = {
  select: selectHosts,
  scope: visibleHosts,
  conditions: ({ softwareIds }) => [sql`${hostSoftware.softwareIds} && ${asArray(softwareIds)}`],
  gathers: () => true,
  id: { of: ({ id }) => id },
  orders: { fqdn: byText(hosts.id, hosts.fqdn, ({ fqdn }) => fqdn) },
};

/** Which hosts have a package, in which versions, sorted by name, with how many have each version. */
export async function findSoftware(
  ctx: Ctx,
  { name, version, cursor, limit }: z.infer<typeof softwareAsked>,
): Promise<z.infer<typeof softwareAnswer>> {
  const found = await ctx.db
    .select()
    .from(software)
    .where(and(eq(software.name, name), version === undefined ? undefined : eq(software.version, version)))
    .orderBy(desc(software.id))
    .limit(MOST_VERSIONS + 1);
  const isComplete = found.length <= MOST_VERSIONS;
  if (found.length === 0) return { versions: [], isComplete, hosts: [], nextCursor: null };
  const named = found.slice(0, MOST_VERSIONS);
  const versionOf = new Map(named.map(({ id, version }) => [id, version]));
  const filter = { softwareIds: [...versionOf.keys()] };
  const page = { filter, sort: 'fqdn', direction: 'asc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(list, ctx, page);
  const { rows: counts } = await ctx.db.execute<{ id: number; n: number }>(countEach(ctx, filter.softwareIds));
  return {
    versions: counts.map(({ id, n }) => ({ version: versionOf.get(id)!, hosts: n })),
    isComplete,
    hosts: rows.map(({ id, fqdn, softwareIds }) => ({
      hostId: id,
      fqdn,
      versions: softwareIds.flatMap((one) => versionOf.get(one) ?? []),
    })),
    nextCursor,
  };
}

/** A version is counted by the index of sets, without reading one of them. */
function countEach(ctx: Ctx, ids: number[]): SQL<{ id: number; n: number }> {
  const seen = visibleHosts(ctx);
  const isSeen = seen ? sql`and ${hostSoftware.hostId} in (select ${hosts.id} from ${hosts} where ${seen})` : sql``;
  return sql`
    select wanted.id, counted.n from unnest(${asArray(ids)}) as wanted(id)
    cross join lateral (
      select count(*)::int as n from ${hostSoftware}
      where ${hostSoftware.softwareIds} @> array[wanted.id] ${isSeen}) as counted
    where counted.n > 0
    order by counted.n desc, wanted.id desc`;
}

const asArray = (ids: readonly number[]) => sql`${`{${ids.join(',')}}`}::int[]`;
