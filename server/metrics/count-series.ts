import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { instant } from './levels';
import { nameOf } from './metrics';
import { type Asked, isWanted } from './read-series';

/**
 * How many series an answer has at most: those that levels have of the host, and what it tells now, of which they may
 * have nothing yet.
 */
export async function countSeries(
  db: Database,
  { hostId, metrics }: Pick<Asked, 'hostId' | 'metrics'>,
  current: Iterable<string>,
): Promise<number> {
  const { rows } = await db.execute<{ metric: number; label: string }>(sql`
    select metric, label from metric_series f where f.host_id = ${hostId} and ${isWanted({ metrics })}`);
  const isAsked = (name: string) => metrics?.some((one) => name === one || name.startsWith(`${one}:`)) ?? true;
  return new Set([...rows.map(nameOf), ...[...current].filter(isAsked)]).size;
}

export async function countSamples(db: Database, { hostId, from, to }: Asked): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from metric_sample
    where host_id = ${hostId} and at >= ${instant(from)} and at < ${instant(to)}`);
  return rows[0]!.count;
}
