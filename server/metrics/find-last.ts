import { type SQL, sql } from 'drizzle-orm';
import type { Sample } from '../../agent/protocol';
import type { Services } from '../services';
import { type METRICS, PER_DISK, PLACES } from './metrics';
import { KEPT, type SamplePoint, SERIES } from './recent-samples';
import { currentUntil } from './staleness';

type Figures = (number | null)[];

/** As `metric_sample` has it. */
export type KeptSample = { figures: Figures; mounts: string[]; disks: Figures };

/** `times` of the last three, the last one first, in Unix milliseconds. */
export type LastSample = KeptSample & { id: string; times: number[] };

/** The last sample of each of these hosts that has one, as `last`. */
export function lastSamples(hostIds: string[], since?: SQL): SQL {
  const where = sql`host_id = a.id ${since && sql`and at >= ${since}`}`;
  return sql`(
    select a.id, t.times, s.figures, s.mounts, s.disks
    from unnest(${sql.param(hostIds)}::uuid[]) a(id)
    cross join lateral (
      select array_agg(date_part('epoch', at) * 1000 order by at desc) as times
      from (select at from metric_sample where ${where} order by at desc limit 3) t
    ) t
    cross join lateral (
      select figures, mounts, disks from metric_sample where ${where} order by at desc limit 1
    ) s
  ) last`;
}

/** What a sample has only where its platform tells it, by its name in the rows. */
const OPTIONAL = {
  cpuUserPercent: 'cpu.user',
  cpuSystemPercent: 'cpu.system',
  cpuWaitPercent: 'cpu.wait',
  cpuStealPercent: 'cpu.steal',
  memoryAvailableBytes: 'memory.available',
  memoryCacheBytes: 'memory.cache',
  diskReadBytesPerSecond: 'disk.read',
  diskWrittenBytesPerSecond: 'disk.written',
  processes: 'processes',
  loggedIn: 'logged_in',
  temperatureCelsius: 'temperature',
} as const satisfies Partial<Record<keyof Sample, keyof typeof METRICS>>;

/** What each disk of a host is, as its facts have it (agent/collect/facts/storage.ts); null of one that tells none. */
type Storage = Record<string, string | number | boolean> | null;

type Row = LastSample & { storage: Storage };

/**
 * The last sample of each of these hosts that has one in the rows, and whether it is what the host was like and not
 * what it is like. In one statement.
 */
export async function readLastSamples(
  { db, config }: Pick<Services, 'db' | 'config'>,
  hostIds: string[],
): Promise<Map<string, { sample: Sample; isSampleStale: boolean }>> {
  if (hostIds.length === 0) return new Map();
  const { rows } = await db.execute<Row>(sql`
    select last.*, (
      select content from host_fact f where f.host_id = last.id and f.section = 'storage') as storage
    from ${lastSamples(hostIds)}`);
  const now = Date.now();
  return new Map(
    rows.map(({ id, times, figures, mounts, disks, storage }) => {
      const sample = { ...sampleOf(times[0]!, figures), disks: disksOf({ mounts, disks, storage }) };
      return [id, { sample, isSampleStale: currentUntil(times, config.heartbeat.interval_seconds) < now }];
    }),
  );
}

/** Of sizes the database writes as many digits as tell one from the next: they are whole numbers all the same. */
const exact = (figure: number | null | undefined) =>
  figure == null ? null : Number.isInteger(figure) ? Math.fround(figure) : figure;

/** Sizes as they follow from what is used and available. */
function sampleOf(at: number, figures: Figures): Omit<Sample, 'disks'> {
  const of = (name: keyof typeof METRICS) => exact(figures[PLACES.get(name)! - 1]);
  const told = Object.entries(OPTIONAL).map(([field, name]) => [field, of(name)] as const);
  const [memoryUsedBytes, swapUsedBytes] = [of('memory.used') ?? 0, of('swap.used') ?? 0];
  return {
    at: new Date(Math.round(at)).toISOString(),
    cpuPercent: of('cpu'),
    ...{ load1: of('load.1'), load5: of('load.5'), load15: of('load.15') },
    ...{ memoryUsedBytes, memoryTotalBytes: memoryUsedBytes + (of('memory.available') ?? 0) },
    ...{ swapUsedBytes, swapTotalBytes: swapUsedBytes + (of('swap.available') ?? 0) },
    networkReceivedBytesPerSecond: of('network.received'),
    networkSentBytesPerSecond: of('network.sent'),
    uptimeSeconds: of('uptime') ?? 0,
    ...(Object.fromEntries(told.filter(([, figure]) => figure !== null)) as Pick<Sample, keyof typeof OPTIONAL>),
  };
}

function disksOf({ mounts, disks, storage }: Pick<Row, 'mounts' | 'disks' | 'storage'>): Sample['disks'] {
  return mounts.map((mount, n) => {
    const [used, available, inodesUsed, inodesAvailable] = disks.slice(n * PER_DISK, (n + 1) * PER_DISK).map(exact);
    const [usedBytes, availableBytes] = [used ?? 0, available ?? 0];
    const fact = (what: string) => storage?.[`${mount.slice(0, 250)}.${what}`];
    return {
      ...{ mount, filesystem: String(fact('filesystem') ?? ''), usedBytes, availableBytes },
      // What only the superuser can fill is in neither.
      totalBytes: Math.max(usedBytes + availableBytes, Number(fact('bytes') ?? 0)),
      ...(fact('read_only') === true && { isReadOnly: true }),
      ...(inodesUsed != null && { inodesUsed, inodesTotal: inodesUsed + (inodesAvailable ?? 0) }),
    };
  });
}

/**
 * What sparklines are drawn from, oldest first, at most 60: as memory has it, and from the rows what was before that.
 */
export async function findRecentSeries(
  { db, samples }: Pick<Services, 'db' | 'samples'>,
  hostId: string,
): Promise<SamplePoint[]> {
  const known = samples.series(hostId);
  if (known.length === KEPT) return known;
  const before = known[0] && sql`and at < ${known[0].at}::timestamptz`;
  const { rows } = await db.execute<{ at: number; figures: Figures }>(sql`
    select date_part('epoch', at) * 1000 as at, figures from metric_sample
    where host_id = ${hostId} ${before} order by at desc limit ${KEPT - known.length}`);
  const points = rows.reverse().map(({ at, figures }) => {
    const sample = sampleOf(at, figures);
    return Object.fromEntries((['at', ...SERIES] as const).map((name) => [name, sample[name]])) as SamplePoint;
  });
  return [...points, ...known];
}
