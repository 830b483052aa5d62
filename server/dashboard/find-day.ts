import { sql } from 'drizzle-orm';
import { visibleHosts } from '../hosts/visible-hosts';
import { instant } from '../metrics/levels';
import type { Looking } from './looking';

/** Of an hour, in seconds: so long each piece of the day is. */
export const QUARTER = 900;
const DAY = 86_400;

interface Quarter {
  /** When it begins. */
  at: string;
  /** Null where no server was at work. */
  counts: { up: number; down: number; warning: number; critical: number } | null;
}

/**
 * How many hosts were up, down and ill in each quarter of an hour of the last day, at its worst. What was counted was
 * counted of all hosts: null for who may see some.
 */
export async function findDay(ctx: Looking, now = Date.now() / 1000): Promise<Quarter[] | null> {
  if (visibleHosts(ctx)) return null;
  const first = (Math.floor(now / QUARTER) + 1) * QUARTER - DAY;
  const { rows } = await ctx.db.execute<{ n: number } & NonNullable<Quarter['counts']>>(sql`
    select floor(extract(epoch from at - ${instant(first)}) / ${QUARTER}::int)::int as n,
      min(up) as up, max(down) as down, max(warning) as warning, max(critical) as critical
    from host_count where at >= ${instant(first)} and at <= ${instant(now)} group by 1`);
  const found = new Map(rows.map(({ n, ...counts }) => [n, counts]));
  return Array.from({ length: DAY / QUARTER }, (_, n) => {
    return { at: new Date((first + n * QUARTER) * 1000).toISOString(), counts: found.get(n) ?? null };
  });
}
