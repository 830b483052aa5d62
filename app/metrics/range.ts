const HOUR = 3600;
const DAY = 24 * HOUR;

/** Ranges that end now, by their name in the address, in seconds. */
const RANGES = {
  '15m': HOUR / 4,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '90d': 90 * DAY,
  '400d': 400 * DAY,
} as const;
type RangeName = keyof typeof RANGES;
export const rangeNames = Object.keys(RANGES) as RangeName[];

const USUAL: RangeName = '1h';
const SHORTEST = 60;
const LONGEST = 3000 * DAY;

/** What the charts show: seconds since 1970. `name` of a range that ends now, and goes on with the time. */
export interface Range {
  from: number;
  to: number;
  name: RangeName | null;
}

/** Of an address: `?range=7d`, or `?from=…&to=…` in seconds since 1970. What is none of them is the last hour. */
export function rangeOf(params: URLSearchParams, now = Date.now()): Range {
  const [from, to] = ['from', 'to'].map((end) => Number(params.get(end) || NaN));
  if (from! > 0 && to! - from! >= SHORTEST && to! - from! <= LONGEST && to! < 1e11)
    return { from: from!, to: to!, name: null };
  const name = rangeNames.find((one) => one === params.get('range')) ?? USUAL;
  const end = Math.ceil(now / 1000);
  return { from: end - RANGES[name], to: end, name };
}

/** The next shorter of those that have a name and end where this does; undefined where there is none. */
export function shorterThan({ from, to }: Range, now = Date.now()): Range | undefined {
  const name = rangeNames.findLast((one) => RANGES[one] < to - from);
  if (!name) return undefined;
  return { from: to - RANGES[name], to, name: to >= Math.floor(now / 1000) ? name : null };
}

/** As an address has it; at least a minute. */
export function spanSearch(from: number, to: number): string {
  const middle = (from + to) / 2;
  const half = Math.max(SHORTEST, to - from) / 2;
  return `?from=${Math.round(middle - half)}&to=${Math.round(middle + half)}`;
}

/** The same span earlier or later by half of it, or twice as long around the same middle. */
export const moves = {
  earlier: ({ from, to }: Range) => spanSearch(from - (to - from) / 2, to - (to - from) / 2),
  later: ({ from, to }: Range) => spanSearch(from + (to - from) / 2, to + (to - from) / 2),
  wider: ({ from, to }: Range) => spanSearch(from - (to - from) / 2, to + (to - from) / 2),
};
