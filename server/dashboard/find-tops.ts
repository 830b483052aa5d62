import { and, desc, eq, gte, inArray, sql } from 'drizzle-orm';
import { hostFigures, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import { readCurrent } from '../metrics/find-current';
import { bucketsOf, instant, LEVELS } from '../metrics/levels';
import { PLACES } from '../metrics/metrics';
import type { Looking } from './looking';
import { type Candidate, LEAST, TOP_KINDS, topCandidates } from './top-candidates';

const SHOWN = 5;
/** By what was so a minute ago; some of them have changed, or are silent. */
const CANDIDATES = 30;

/**
 * Where there is least left, of hosts that are up and have measured lately; of a disk also in how many days it is full,
 * if it goes on filling as it did. All of it from rows: any process knows what all of them hear. Who belongs here is
 * looked up as the list of hosts is sorted, and in which order by what they measured last.
 */
export async function findTops(ctx: Looking) {
  const names = await findCandidates(ctx);
  const found = topCandidates(await readCurrent(ctx, [...names.keys()]), SHOWN);
  const top = ({ hostId, percent, mount }: Candidate) => ({ hostId, fqdn: names.get(hostId)!, percent, mount });
  const days = await findDaysLeft(ctx, found.disk);
  return {
    cpu: found.cpu.map(top),
    memory: found.memory.map(top),
    disk: found.disk.map((disk) => ({ ...top(disk), daysLeft: days.get(diskKey(disk)) ?? null })),
  };
}

/** Their names by their ids. */
async function findCandidates(ctx: Looking): Promise<Map<string, string>> {
  const busiest = TOP_KINDS.map((kind) =>
    ctx.db
      .select({ id: hosts.id })
      .from(hostFigures)
      .innerJoin(hosts, eq(hosts.id, hostFigures.hostId))
      .where(and(gte(hostFigures[kind], LEAST[kind]), eq(hosts.state, 'up'), visibleHosts(ctx)))
      .orderBy(desc(hostFigures[kind]), desc(hostFigures.hostId))
      .limit(CANDIDATES),
  );
  const ids = (await Promise.all(busiest)).flat().map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await ctx.db.select({ id: hosts.id, fqdn: hosts.fqdn }).from(hosts).where(inArray(hosts.id, ids));
  return new Map(rows.map(({ id, fqdn }) => [id, fqdn]));
}

const diskKey = ({ hostId, mount }: Pick<Candidate, 'hostId' | 'mount'>) => `${hostId} ${mount}`;

const TREND_DAYS = 3;
/** Of ten minutes each: half a day at least, or it is no trend. */
const LEAST_BUCKETS = 72;
/** How much of what happened is the straight line, from 0 to 1. */
const LEAST_FIT = 0.7;
const MOST_DAYS = 30;

/** By a straight line through what was used over the last days. None where that does not lead there within a month. */
async function findDaysLeft({ db }: Looking, disks: readonly Candidate[]): Promise<Map<string, number>> {
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
