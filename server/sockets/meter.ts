/** So many at once, and so many a second after that: a token bucket. */
interface Rate {
  burst: number;
  perSecond: number;
}

/** What a meter counts as open or under way. */
export type Held = 'sockets' | 'subscriptions' | 'calls';

export interface Bounds {
  /** How many may be open at once. What is not named has no bound. */
  atOnce: Partial<Record<Held, number>>;
  /** How often what has this name may begin; `other` is for all names that are not here, together. */
  rates: Record<string, Rate>;
}

/** What one peer asks of us, beside what it may. */
export interface Meter {
  /** Counts one that begins; `null`, or the name of what there would be too much of, and then it is not counted. */
  begin(held: Held, name?: string): string | null;
  end(held: Held): void;
  /** Counts what is over as soon as it has begun; whether there is room for it. */
  take(name: string): boolean;
  /** Takes all that is left of it: whoever went beyond a bound has only what comes in from now on. */
  drain(name: string): void;
  /** Milliseconds since anything was open here or was asked for. */
  idleMs(): number;
}

export function createMeter({ atOnce, rates }: Bounds, now = () => performance.now()): Meter {
  const open: Record<Held, number> = { sockets: 0, subscriptions: 0, calls: 0 };
  const buckets = new Map(
    Object.entries(rates).map(([name, rate]) => [name, { ...rate, left: rate.burst, at: now() }]),
  );
  let usedAt = now();

  function take(name: string): boolean {
    usedAt = now();
    const bucket = buckets.get(name) ?? buckets.get('other');
    if (!bucket) return true;
    bucket.left = Math.min(bucket.burst, bucket.left + ((usedAt - bucket.at) / 1000) * bucket.perSecond);
    bucket.at = usedAt;
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }

  return {
    take,
    begin(held, name = held) {
      if (open[held] >= (atOnce[held] ?? Infinity)) return held;
      // A name may be the peer's own, and any text.
      if (!take(name)) return buckets.has(name) ? name : 'other';
      open[held]++;
      return null;
    },
    end(held) {
      open[held]--;
      usedAt = now();
    },
    drain(name) {
      const bucket = buckets.get(name);
      if (bucket) Object.assign(bucket, { left: 0, at: now() });
    },
    idleMs: () => (Object.values(open).some((count) => count > 0) ? 0 : now() - usedAt),
  };
}

/** How long a peer that has closed everything is remembered: whoever comes back at once finds what it had used up. */
const REMEMBERED_MS = 10 * 60 * 1000;
const SWEEP_EVERY_MS = 60 * 1000;

/** One meter for all that has the same key. */
export function createMeters(bounds: Bounds, now = () => performance.now()): (key: string) => Meter {
  const meters = new Map<string, Meter>();
  let sweptAt = now();
  return (key) => {
    if (now() - sweptAt > SWEEP_EVERY_MS) {
      sweptAt = now();
      for (const [name, meter] of meters) if (meter.idleMs() > REMEMBERED_MS) meters.delete(name);
    }
    const meter = meters.get(key) ?? createMeter(bounds, now);
    meters.set(key, meter);
    return meter;
  };
}
