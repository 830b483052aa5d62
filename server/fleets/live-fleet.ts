import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { fleetHosts, fleets } from '../../db/schema';
import { AppError } from '../errors';
import type { Asker } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { visibleFleets } from './visible-fleets';

/** What a page compares with what it has loaded. */
export interface LiveFleet {
  /** Another text once anything is other: what the fleet is called and gives, or who is in it. Empty for none. */
  version: string;
}

/** Who sees all hosts is told of members that nobody has let in, too, and whoever sees some is not. */
const OF_ALL = ' all';

/** By which the live stream tells the caller of a fleet. */
export const liveKeyOf = (asker: Asker, fleetId: string): string =>
  visibleFleets(asker) ? fleetId : `${fleetId}${OF_ALL}`;

/** Of which fleet such a key is; null for what is none. */
export function fleetIdOf(key: string): string | null {
  const { success, data } = z.uuid().safeParse(key.endsWith(OF_ALL) ? key.slice(0, -OF_ALL.length) : key);
  return success ? data : null;
}

/** By such keys. */
export async function readLiveFleets(db: Database, keys: readonly string[]): Promise<Map<string, LiveFleet>> {
  // In whichever order they are read.
  const members = sql`sum(hashtextextended(${fleetHosts.how}, uuid_hash(${fleetHosts.hostId})))`;
  const version = (counted: typeof members) => sql<string>`md5(concat_ws(chr(10), ${fleets.name},
    ${fleets.description}, ${fleets.tags}::text, ${fleets.rule}, ${fleets.isSettled},
    (select ${counted} from ${fleetHosts} where ${fleetHosts.fleetId} = ${fleets.id})))`;
  const rows = await db
    .select({
      id: fleets.id,
      ofAll: version(members),
      ofSome: version(sql`${members} filter (where ${fleetHosts.how} <> 'claimed')`),
    })
    .from(fleets)
    .where(inArray(fleets.id, [...new Set(keys.map((key) => fleetIdOf(key)!))]));
  const found = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    keys.map((key) => {
      const fleet = found.get(fleetIdOf(key)!);
      return [key, { version: (key.endsWith(OF_ALL) ? fleet?.ofAll : fleet?.ofSome) ?? '' }];
    }),
  );
}

/**
 * What a fleet is called, and what a page goes on from that shows who is in it. To be asked before those are: what
 * changes in between is another version. Throws `fleet.not_found`.
 */
export async function findLiveFleet(ctx: SignedIn, fleetId: string) {
  const feed = ctx.hub.cursor();
  const [fleet] = await ctx.db
    .select({ id: fleets.id, name: fleets.name })
    .from(fleets)
    .where(and(visibleFleets(ctx), eq(fleets.id, fleetId)));
  if (!fleet) throw new AppError('fleet.not_found');
  const key = liveKeyOf(ctx, fleetId);
  return { ...fleet, feed, key, ...(await readLiveFleets(ctx.db, [key])).get(key)! };
}
