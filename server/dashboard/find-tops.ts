import { and, eq, sql } from 'drizzle-orm';
import { hosts, topHosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import { readCurrent } from '../metrics/find-current';
import { bucketsOf, instant, LEVELS } from '../metrics/levels';
import { PLACES } from '../metrics/metrics';
import type { Looking } from './find-overview';
import { TOLD_SECONDS } from './keep-tops';
import { type Candidate, type TopKind, TOP_KINDS, topCandidates } from './top-candidates';

const SHOWN = 5;
/** Whose last samples are read one by one, for who may see some hosts; about 25 µs each. */
const MOST_READ = 2000;

/**
 * Where there is least left, of hosts that are up and have measured lately; of a disk also in how many days it is full,
 * if it goes on filling as it did. All of it from rows: any process knows what all of them hear.
 */
export async function findTops(ctx: Looking) {
  const found = await findCandidates(ctx);
  const top = ({ hostId, fqdn, percent, mount }: Named) => ({ hostId, fqdn, percent, mount });
  const days = await findDaysLeft(ctx, found.disk);
  return {
    cpu: found.cpu.map(top),
    memory: found.memory.map(top),
    disk: found.disk.map((disk) => ({ ...top(disk), daysLeft: days.get(diskKey(disk)) ?? null })),
  };
}

type Named = Candidate & { fqdn: string };

/**
 * Who sees some hosts is told the tops of those, which may be far from the tops of all: their samples are read. Of more
 * than 2,000 hosts only those are told that are near the top of all that their process hears of.
 */
async function findCandidates(ctx: Looking): Promise<Record<TopKind, Named[]>> {
  const visible = visibleHosts(ctx);
  if (visible) {
    const mine = await ctx.db
      .select({ id: hosts.id, fqdn: hosts.fqdn })
      .from(hosts)
      .where(and(eq(hosts.state, 'up'), visible))
      .limit(MOST_READ + 1);
    if (mine.length <= MOST_READ) {
      const names = new Map(mine.map(({ id, fqdn }) => [id, fqdn]));
      const found = topCandidates(await readCurrent(ctx, [...names.keys()]), SHOWN);
      return eachKind((kind) => found[kind].map((one) => ({ ...one, fqdn: names.get(one.hostId)! })));
    }
  }
  const { kind, hostId, percent, mount, availableBytes } = topHosts;
  const told = await ctx.db
    .select({ kind, hostId, percent, mount, availableBytes, fqdn: hosts.fqdn })
    .from(topHosts)
    .innerJoin(hosts, eq(hosts.id, hostId))
    .where(
      and(eq(hosts.state, 'up'), visible, sql`${topHosts.toldAt} > now() - make_interval(secs => ${TOLD_SECONDS})`),
    )
    .orderBy(sql`${percent} desc`);
  return eachKind((kind) => told.filter((one) => one.kind === kind).slice(0, SHOWN));
}

const eachKind = <Value>(of: (kind: TopKind) => Value) =>
  Object.fromEntries(TOP_KINDS.map((kind) => [kind, of(kind)])) as Record<TopKind, Value>;

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
