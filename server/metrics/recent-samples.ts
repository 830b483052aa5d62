import type { Sample } from '../../agent/protocol';
import { type EventBus, EVERY } from '../events';
import { currentUntil } from './staleness';

/** The figures that sparklines are drawn from. */
export const SERIES = [
  'cpuPercent',
  'load1',
  'memoryUsedBytes',
  'swapUsedBytes',
  'networkReceivedBytesPerSecond',
  'networkSentBytesPerSecond',
] as const;

export type SamplePoint = Pick<Sample, 'at' | (typeof SERIES)[number]>;

/** Half an hour at the default heartbeat. */
export const KEPT = 60;
const WIDTH = SERIES.length + 1;

/** Measurements of the last while, in memory only: the whole last sample of each host, and its series before that. */
export interface RecentSamples {
  add(hostId: string, sample: Sample): void;
  latest(hostId: string): Sample | null;
  /** The last one of every host, by its id. */
  all(): Iterable<[hostId: string, sample: Sample]>;
  /** Whether the last one is what the host was like, and nobody knows what it is like now. */
  isStale(hostId: string, now?: number): boolean;
  /** Tells of those that have become stale since it last looked. */
  look(now?: number): void;
  /** Oldest first, at most 60. */
  series(hostId: string): SamplePoint[];
}

interface Ring {
  values: Float64Array;
  count: number;
  latest: Sample;
  isToldStale: boolean;
}

export function createRecentSamples(
  events: EventBus,
  { heartbeatSeconds }: { heartbeatSeconds: number },
): RecentSamples {
  // One flat ring a host (3.3 KiB): objects for each point took ten times as much.
  const rings = new Map<string, Ring>();
  const isStale = ({ values, count }: Ring, now: number) => {
    const last = Array.from({ length: Math.min(3, count) }, (_, i) => values[((count - 1 - i) % KEPT) * WIDTH]!);
    return now > currentUntil(last, heartbeatSeconds);
  };
  events.listen('host.deleted', EVERY, ({ hostId }) => rings.delete(hostId));
  return {
    add(hostId, sample) {
      const ring = rings.get(hostId) ?? {
        ...{ values: new Float64Array(KEPT * WIDTH), count: 0, latest: sample, isToldStale: false },
      };
      const start = (ring.count % KEPT) * WIDTH;
      ring.values[start] = Date.parse(sample.at);
      SERIES.forEach((name, i) => (ring.values[start + 1 + i] = sample[name] ?? NaN));
      ring.count++;
      ring.latest = sample;
      ring.isToldStale = false;
      rings.set(hostId, ring);
    },
    latest: (hostId) => rings.get(hostId)?.latest ?? null,
    *all() {
      for (const [hostId, { latest }] of rings) yield [hostId, latest];
    },
    isStale(hostId, now = Date.now()) {
      const ring = rings.get(hostId);
      return ring !== undefined && isStale(ring, now);
    },
    look(now = Date.now()) {
      for (const [hostId, ring] of rings) {
        if (ring.isToldStale || !isStale(ring, now)) continue;
        ring.isToldStale = true;
        events.emit('host.stale', { hostId });
      }
    },
    series(hostId) {
      const ring = rings.get(hostId);
      if (!ring) return [];
      const first = Math.max(0, ring.count - KEPT);
      return Array.from({ length: ring.count - first }, (_, i) => pointAt(ring.values, ((first + i) % KEPT) * WIDTH));
    },
  };
}

function pointAt(values: Float64Array, start: number): SamplePoint {
  const figure = (i: number) => (Number.isNaN(values[start + 1 + i]) ? null : values[start + 1 + i]!);
  return {
    at: new Date(values[start]!).toISOString(),
    cpuPercent: figure(0),
    load1: figure(1),
    memoryUsedBytes: figure(2) ?? 0,
    swapUsedBytes: figure(3) ?? 0,
    networkReceivedBytesPerSecond: figure(4),
    networkSentBytesPerSecond: figure(5),
  };
}
