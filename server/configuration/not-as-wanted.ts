import { and, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { hostConfigurations as kept, hostEvents, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { mayAnywhere } from '../auth/permissions';
import { type Asker, hostsWith } from '../hosts/visible-hosts';

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

/**
 * Those hosts, as far as the caller may read how they are configured, as a condition on `host`. Throws `auth.forbidden`
 * for who may read that of none.
 */
export function isNotAsWanted(how: NotAsWanted, asker: Asker): SQL {
  if (!mayAnywhere(asker.session, 'configuration.read')) throw new AppError('auth.forbidden');
  return and(
    eq(hosts.approval, 'approved'),
    hostsWith(asker, 'configuration.read'),
    sql`${hosts.id} in (select ${kept.hostId} from ${kept} where ${CONDITIONS[how]})`,
  )!;
}

/**
 * What of the histories of hosts the caller may hear, as a condition on `host_event` beside its `host`: how a host is
 * configured is not for everybody who sees the host. Undefined where that is all.
 */
export function isToBeHeard(asker: Asker): SQL | undefined {
  const those = hostsWith(asker, 'configuration.read');
  return those && sql`(${hostEvents.kind} not in ('configuration_failed', 'configuration_rolled_back') or ${those})`;
}
