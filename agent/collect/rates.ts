/**
 * What grew, a second, between two readings of counters, over those that are in both. Null when there is nothing to
 * compare, and when a counter went back: it wrapped, or what it counts went away and came again, and nobody knows what
 * it did meanwhile.
 */
export function ratesOf<Kind extends string>(
  before: Map<string, Record<Kind, number>> | null,
  after: Map<string, Record<Kind, number>> | null,
  seconds: number,
): Record<Kind, number> | null {
  if (!before || !after || seconds <= 0) return null;
  let rates: Record<Kind, number> | null = null;
  for (const [name, now] of after) {
    const then = before.get(name);
    if (!then) continue;
    const sum: Partial<Record<Kind, number>> = {};
    for (const kind of Object.keys(now) as Kind[]) {
      if (now[kind] < then[kind]) return null;
      sum[kind] = (rates?.[kind] ?? 0) + (now[kind] - then[kind]) / seconds;
    }
    rates = sum as Record<Kind, number>;
  }
  return rates;
}
