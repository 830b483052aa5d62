import { and, asc, gt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { hosts } from '../../db/schema';
import { approved, type inventoryFilter } from '../inventory/find-inventory';
import type { SignedIn } from '../trpc';
import { type KeptSample, type LastSample, lastSamples } from './find-last';
import { DISK_METRICS, METRICS, PER_DISK } from './metrics';
import { CURRENT_WITHIN_MS, currentUntil } from './staleness';

/** So many are read at once: no single query holds the database up for all of them. */
const PART = 1000;

const { id, fqdn, platform, state, osName, osVersion, agentVersion, certificateEnds, health, hardware } = hosts;
const told = { id, fqdn, platform, state, osName, osVersion, agentVersion, certificateEnds, health, hardware };

/** What a host is like now. */
export type CurrentHost = Pick<typeof hosts.$inferSelect, keyof typeof told> & {
  /** As `metric_sample` has them; null of one that is not up, or has not measured lately. */
  sample: KeptSample | null;
};

/** Approved hosts that the caller may see, in the order of their ids. Stale figures are left out. */
export async function findCurrent(ctx: SignedIn, asked: z.infer<typeof inventoryFilter>): Promise<CurrentHost[]> {
  const wanted = approved(ctx, asked);
  const found: CurrentHost[] = [];
  for (;;) {
    const last = found.at(-1);
    const part = await ctx.db
      .select(told)
      .from(hosts)
      .where(and(wanted, last && gt(hosts.id, last.id)))
      .orderBy(asc(hosts.id))
      .limit(PART);
    const samples = await readCurrent(
      ctx,
      part.filter(({ state }) => state === 'up').map(({ id }) => id),
    );
    for (const host of part) found.push({ ...host, sample: samples.get(host.id) ?? null });
    if (part.length < PART) return found;
  }
}

/** The names of what a host tells now, `disk.used:/var` of a disk. */
export async function findCurrentNames(ctx: Pick<SignedIn, 'db' | 'config'>, hostId: string): Promise<Set<string>> {
  const sample = (await readCurrent(ctx, [hostId])).get(hostId);
  const [names, disks] = [Object.keys(METRICS), Object.keys(DISK_METRICS)];
  const isTold = (figure: number | null | undefined) => figure !== null && figure !== undefined;
  return new Set([
    ...names.filter((_, place) => isTold(sample?.figures[place])),
    ...(sample?.mounts ?? []).flatMap((mount, n) =>
      disks.filter((_, i) => isTold(sample!.disks[n * PER_DISK + i])).map((name) => `${name}:${mount}`),
    ),
  ]);
}

/** From the rows: any process has them, whichever of them a host is connected to. */
export async function readCurrent(
  { db, config }: Pick<SignedIn, 'db' | 'config'>,
  hostIds: string[],
): Promise<Map<string, KeptSample>> {
  if (hostIds.length === 0) return new Map();
  const now = Date.now();
  const since = sql`to_timestamp(${(now - CURRENT_WITHIN_MS) / 1000}::float8)`;
  const { rows } = await db.execute<LastSample>(sql`select last.* from ${lastSamples(hostIds, since)}`);
  const heartbeat = config.heartbeat.interval_seconds;
  const current = rows.filter(({ times }) => currentUntil(times, heartbeat) >= now);
  return new Map(current.map(({ id, figures, mounts, disks }) => [id, { figures, mounts, disks }]));
}
