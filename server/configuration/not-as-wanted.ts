import { and, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { hostConfigurations as kept, hosts } from '../../db/schema';

/** How a host is not configured as it is wanted, by its own last word of the last document that it was given. */
export const notAsWanted = z.enum(['failed', 'rolled_back', 'drift']);
type NotAsWanted = z.infer<typeof notAsWanted>;

/** What `agent.yaml` sets otherwise than the host was told, and its owner has not locked. */
const drifts = sql`${kept.local} <> '{}' and exists (
  select from jsonb_each(${kept.local}) own (key, word), lateral (
    select ${kept.offered} #> string_to_array(own.key, '.') as value) told
  where told.value is not null and told.value <> own.word->'value' and not ${kept.locked} @> to_jsonb(own.key))`;

// Written out, so that the database sees that the index of these rows has them.
const CONDITIONS: Record<NotAsWanted, SQL> = {
  failed: sql`${kept.status} = 'failed' and ${kept.statusOf} = ${kept.offeredHash}`,
  rolled_back: sql`${kept.status} = 'rolled_back' and ${kept.statusOf} = ${kept.offeredHash}`,
  drift: drifts,
};

/** Those hosts, as a condition on `host`. */
export const isNotAsWanted = (how: NotAsWanted): SQL =>
  and(
    eq(hosts.approval, 'approved'),
    sql`${hosts.id} in (select ${kept.hostId} from ${kept} where ${CONDITIONS[how]})`,
  )!;
