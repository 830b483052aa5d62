import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { hosts, hostSoftware, software } from '../../db/schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { byText } from '../list/keyset';
import { cut, type List, readPage } from '../list/list';
import { nextCursor, textLike } from '../rest/schema';
import { storableText } from '../storable-text';

/** A package that is built anew for each machine has as many as machines; nobody reads more of them. */
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
      description: `False where hosts have more than ${MOST_VERSIONS} versions of it: then these are the ones that most have. The hosts are all, whatever they have of it.`,
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
type Found = { id: string; fqdn: string };
type Filter = Pick<z.infer<typeof softwareAsked>, 'name' | 'version'>;

const selectHosts = ({ db }: Ctx) =>
  db.select({ id: hosts.id, fqdn: hosts.fqdn }).from(hostSoftware).innerJoin(hosts, eq(hosts.id, hostSoftware.hostId));

/** Those that have one of these, which are read before: the database has to know of how many it finds the hosts. */
export const softwareList: List<Ctx, { softwareIds: readonly number[] }, Found, 'fqdn'> = {
  select: selectHosts,
  scope: visibleHosts,
  conditions: ({ softwareIds }) => [sql`${hostSoftware.softwareIds} && ${sql.param(softwareIds)}::int[]`],
  gathers: () => true,
  id: { of: ({ id }) => id },
  orders: { fqdn: byText(hosts.id, hosts.fqdn, ({ fqdn }) => fqdn) },
};

/** Which hosts have a package, in which versions, sorted by name, with how many have each version. */
export async function findSoftware(
  ctx: Ctx,
  { name, version, cursor, limit }: z.infer<typeof softwareAsked>,
): Promise<z.infer<typeof softwareAnswer>> {
  const filter = { name, version };
  const { rows: counts } = await ctx.db.execute<{ version: string; n: number }>(countEach(ctx, filter));
  // Of all its versions, so that nobody is hidden by a host that makes up many.
  const wanted = await ctx.db.select({ id: software.id }).from(software).where(isWanted(filter));
  const softwareIds = wanted.map(({ id }) => id);
  const page = { filter: { softwareIds }, sort: 'fqdn', direction: 'asc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(softwareList, ctx, page);
  const versionsOf = await findVersions(
    ctx,
    rows.map(({ id }) => id),
    filter,
  );
  return {
    versions: counts.slice(0, MOST_VERSIONS).map(({ version, n }) => ({ version, hosts: n })),
    isComplete: counts.length <= MOST_VERSIONS,
    hosts: rows.map(({ id, fqdn }) => ({ hostId: id, fqdn, versions: versionsOf.get(id) ?? [] })),
    nextCursor,
  };
}

const isWanted = ({ name, version }: Filter) =>
  and(eq(software.name, name), version === undefined ? undefined : eq(software.version, version));

/**
 * A version is counted by the index of sets, without reading one of them. Of what the asker sees alone, before any is
 * left out: what others have is neither told nor in the way.
 */
function countEach(ctx: Ctx, filter: Filter): SQL<{ version: string; n: number }> {
  const seen = visibleHosts(ctx);
  const isSeen = seen ? sql`and ${hostSoftware.hostId} in (select ${hosts.id} from ${hosts} where ${seen})` : sql``;
  return sql`
    select wanted.version, counted.n
    from (select ${software.id}, ${software.version} from ${software} where ${isWanted(filter)}) as wanted
    cross join lateral (
      select count(*)::int as n from ${hostSoftware}
      where ${hostSoftware.softwareIds} @> array[wanted.id] ${isSeen}) as counted
    where counted.n > 0
    order by counted.n desc, wanted.id desc
    limit ${MOST_VERSIONS + 1}::int`;
}

/** What each of these hosts has of it. */
async function findVersions({ db }: Ctx, hostIds: string[], filter: Filter): Promise<Map<string, string[]>> {
  const versionsOf = new Map<string, string[]>();
  if (hostIds.length === 0) return versionsOf;
  const { rows } = await db.execute<{ host_id: string; versions: string[] }>(sql`
    select has.host_id, array_agg(${software.version} order by ${software.id}) as versions
    from (select ${hostSoftware.hostId}, unnest(${hostSoftware.softwareIds}) as software_id
      from ${hostSoftware} where ${inArray(hostSoftware.hostId, hostIds)}) as has
    join ${software} on ${software.id} = has.software_id and ${isWanted(filter)}
    group by has.host_id`);
  for (const { host_id, versions } of rows) versionsOf.set(host_id, versions);
  return versionsOf;
}
