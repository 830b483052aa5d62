import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Sample } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import { bucketsOf, instant, LEVELS } from '../metrics/levels';
import { PLACES } from '../metrics/metrics';
import type { SignedIn } from '../trpc';

const SHOWN = 5;
/** More than are shown: some are stale by now, or down. */
const CANDIDATES = 40;
/** Less is nothing to look at, in percent. */
const LEAST: Record<TopKind, number> = { cpu: 10, memory: 50, disk: 50 };

type TopKind = 'cpu' | 'memory' | 'disk';

interface Candidate {
  hostId: string;
  percent: number;
  /** Of the disk. */
  mount: string | null;
  availableBytes: number;
}

const percentOf = (part: number, whole: number) => (whole > 0 ? (100 * part) / whole : 0);

const READ: Record<TopKind, (sample: Sample) => Omit<Candidate, 'hostId'> | null> = {
  cpu: ({ cpuPercent }) => (cpuPercent === null ? null : { percent: cpuPercent, mount: null, availableBytes: 0 }),
  memory: ({ memoryTotalBytes, memoryUsedBytes, memoryAvailableBytes = memoryTotalBytes - memoryUsedBytes }) => ({
    ...{ percent: percentOf(memoryTotalBytes - memoryAvailableBytes, memoryTotalBytes), mount: null },
    availableBytes: memoryAvailableBytes,
  }),
  /** Of the fullest. */
  disk({ disks }) {
    let fullest: Omit<Candidate, 'hostId'> | null = null;
    for (const { mount, usedBytes, totalBytes, availableBytes = totalBytes - usedBytes } of disks) {
      const percent = percentOf(usedBytes, usedBytes + availableBytes);
      if (!fullest || percent > fullest.percent) fullest = { percent, mount, availableBytes };
    }
    return fullest;
  },
};

/**
 * Where there is least left, of hosts that are up and have measured lately; of a disk also in how many days it is full,
 * if it goes on filling as it did. From what this process has heard.
 */
export async function findTops(ctx: SignedIn) {
  const visible = visibleHosts(ctx);
  // Who sees some hosts is told the tops of those: they may be far from the tops of all.
  const mine =
    visible && new Set((await ctx.db.select({ id: hosts.id }).from(hosts).where(visible)).map(({ id }) => id));
  const found: Record<TopKind, Candidate[]> = { cpu: [], memory: [], disk: [] };
  for (const [hostId, sample] of ctx.samples.all()) {
    if (mine && !mine.has(hostId)) continue;
    for (const kind of Object.keys(found) as TopKind[]) {
      const one = READ[kind](sample);
      if (one && one.percent >= LEAST[kind]) keepHighest(found[kind], { hostId, ...one });
    }
  }
  const ids = [...new Set(Object.values(found).flatMap((all) => all.map(({ hostId }) => hostId)))];
  const there = new Map(
    ids.length === 0
      ? []
      : (
          await ctx.db
            .select({ id: hosts.id, fqdn: hosts.fqdn })
            .from(hosts)
            .where(and(inArray(hosts.id, ids), eq(hosts.state, 'up'), visible))
        ).map(({ id, fqdn }) => [id, fqdn]),
  );
  const shown = (kind: TopKind) =>
    found[kind].filter(({ hostId }) => there.has(hostId) && !ctx.samples.isStale(hostId)).slice(0, SHOWN);
  const top = ({ hostId, percent, mount }: Candidate) => ({ hostId, fqdn: there.get(hostId)!, percent, mount });
  const disks = shown('disk');
  const days = await findDaysLeft(ctx, disks);
  return {
    cpu: shown('cpu').map(top),
    memory: shown('memory').map(top),
    disk: disks.map((disk) => ({ ...top(disk), daysLeft: days.get(diskKey(disk)) ?? null })),
  };
}

/** The list stays sorted and short: most hosts are below its last. */
function keepHighest(list: Candidate[], one: Candidate): void {
  const last = list.at(-1);
  if (list.length === CANDIDATES && last!.percent >= one.percent) return;
  const place = list.findIndex(({ percent }) => percent < one.percent);
  list.splice(place === -1 ? list.length : place, 0, one);
  if (list.length > CANDIDATES) list.pop();
}

const diskKey = ({ hostId, mount }: Pick<Candidate, 'hostId' | 'mount'>) => `${hostId} ${mount}`;

const TREND_DAYS = 3;
/** Of ten minutes each: half a day at least, or it is no trend. */
const LEAST_BUCKETS = 72;
/** How much of what happened is the straight line, from 0 to 1. */
const LEAST_FIT = 0.7;
const MOST_DAYS = 30;

/** By a straight line through what was used over the last days. None where that does not lead there within a month. */
async function findDaysLeft({ db }: SignedIn, disks: readonly Candidate[]): Promise<Map<string, number>> {
  if (disks.length === 0) return new Map();
  const wanted = JSON.stringify(disks.map(({ hostId, mount }) => ({ host: hostId, mount })));
  const tenMinutes = LEVELS.find(({ name }) => name === '10m')!;
  const since = instant(Date.now() / 1000 - TREND_DAYS * 86_400);
  const { rows } = await db.execute<{ host: string; mount: string; slope: number | null; fit: number; n: number }>(sql`
    with series as materialized (
      select s.id, s.host_id, s.label from metric_series s
      join jsonb_to_recordset(${wanted}::jsonb) as w(host uuid, mount text) on w.host = s.host_id and w.mount = s.label
      where s.metric = ${PLACES.get('disk.used')!}::smallint
    )
    select s.host_id as host, s.label as mount, count(*)::int as n,
      regr_slope(b.average::float8, date_part('epoch', b.at)) as slope,
      coalesce(regr_r2(b.average::float8, date_part('epoch', b.at)), 0) as fit
    from series s
    join (${bucketsOf(tenMinutes, sql`p.series_id in (select id from series) and p.start > ${since}`)}) b on b.series_id = s.id
    group by 1, 2`);
  const left = new Map(disks.map((disk) => [diskKey(disk), disk.availableBytes]));
  return new Map(
    rows.flatMap(({ host, mount, slope, fit, n }) => {
      if (n < LEAST_BUCKETS || fit < LEAST_FIT || slope === null || slope <= 0) return [];
      const key = diskKey({ hostId: host, mount });
      const days = left.get(key)! / slope / 86_400;
      return days <= MOST_DAYS ? [[key, days] as const] : [];
    }),
  );
}
