import { z } from 'zod';
import { EVERY } from '../events';
import { type Asker, grantsToSee } from '../hosts/visible-hosts';
import { createSteady } from '../live/steady';
import { logFailure } from '../log';
import type { Services } from '../services';
import { ALL, findOverview, overviewKey, type Overview } from './find-overview';

/** Rows are written up to a second after the event. */
const WRITTEN_MS = 1_500;
/** At most so often it is read anew, however much happens: once for all who see all hosts. */
const LEAST_MS = 3_000;
/** So often although nothing was heard of: what machines measure, and what other processes hear of. */
const MOST_MS = 15_000;
/**
 * So often for who sees some hosts, whatever happens: if it were when something happened, they would hear that it did,
 * also to hosts that they do not see.
 */
const SOME_MS = 5_000;

const HEARD = [
  ...(['host.presence', 'host.health', 'host.approval_changed', 'host.deleted'] as const),
  ...(['host.access_withdrawn', 'host.changed', 'host.fleets_changed'] as const),
];

const userId = z.uuid();

/**
 * What pages hear of the dashboard: one value for all who may see all hosts, and one of each person who may see some,
 * which those share who see the same hosts. Nothing is read while no page shows it.
 */
export function registerOverview({ hub, events, db, config, log }: Services): void {
  /** Of those who may see some and have had it open. */
  const people = new Set<string>();
  const topic = hub.register<Overview>('overview', {
    permission: 'hosts.read',
    isKey: (key) => key === ALL || userId.safeParse(key).success,
    async visibleTo(session, keys) {
      const own = overviewKey({ session });
      if (own !== ALL && keys.includes(own)) people.add(own);
      return keys.filter((key) => key === own);
    },
    async read(keys) {
      const found = new Map<string, Overview>();
      if (keys.includes(ALL)) found.set(ALL, told.of(ALL, await read(ALL)));
      for (const key of keys.filter((key) => key !== ALL)) {
        found.set(key, fresh.get(key) ?? (await read(key)));
        fresh.delete(key);
      }
      return found;
    },
  });

  const read = (key: string) => findOverview({ db, config, ...askerOf(key) });

  const told = createSteady<Overview>();

  /** Read for those who may see some, and not yet told. */
  const fresh = new Map<string, Overview>();
  /**
   * One after the other: many people at once are not to take all connections to the database. And not by the topic's
   * own reading, which who sees all would wait for.
   */
  async function readForSome(): Promise<void> {
    const watching = [...people].filter(topic.isWatched);
    told.keepOnly((key) => key === ALL || topic.isWatched(key));
    for (const key of fresh.keys()) if (!topic.isWatched(key)) fresh.delete(key);
    for (const sharers of await bySight(db, watching)) {
      const overview = await read(sharers[0]!);
      // What they may see may be another than when they were put together.
      const isStill = (await bySight(db, sharers)).length === 1;
      for (const [n, key] of sharers.entries()) {
        fresh.set(key, told.of(key, n === 0 || isStill ? overview : await read(key)));
        topic.stale(key);
      }
    }
  }

  let due: NodeJS.Timeout | null = null;
  let readAt = -Infinity;
  const changed = () => {
    due ??= setTimeout(
      () => {
        due = null;
        readAt = performance.now();
        topic.stale(ALL);
      },
      Math.max(WRITTEN_MS, readAt + LEAST_MS - performance.now()),
    ).unref();
  };
  for (const name of HEARD) events.listen(name, EVERY, changed);
  setInterval(changed, MOST_MS).unref();
  let isReading = false;
  setInterval(() => {
    if (isReading) return;
    isReading = true;
    void readForSome()
      .catch((error: unknown) => logFailure(log, 'dashboards could not be read; trying again', error))
      .finally(() => (isReading = false));
  }, SOME_MS).unref();
}

/** Those of them together who see the same hosts: a team that shares its fleets is read for once. */
async function bySight(db: Services['db'], userIds: readonly string[]): Promise<string[][]> {
  if (userIds.length === 0) return [];
  const grants = await grantsToSee(db, userIds);
  const groups = new Map<string, string[]>();
  for (const id of userIds) {
    const sight = grants.get(id) ?? '';
    groups.set(sight, [...(groups.get(sight) ?? []), id]);
  }
  return [...groups.values()];
}

/** Who has that key, as the database knows what they may see now. */
function askerOf(key: string): Asker {
  const [all, some] = [new Set(['hosts.read', 'configuration.read'] as const), new Set<never>()];
  if (key === ALL) return { session: { permissions: all, onSome: some, user: { id: '' } } };
  return { session: { permissions: some, onSome: all, user: { id: key } } };
}
