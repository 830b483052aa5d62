import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { instant } from '../metrics/levels';

/** It says that it is at work every minute. */
const SILENT_SECONDS = 150;
/** The longest, of a span of time: of more nobody would see each. */
const MOST = 200;

export interface Span {
  /** Seconds since 1970. */
  from: number;
  to: number;
}

/** When within this time no server was at work, as far as that is known, in the order of time. */
export async function findServerOff(db: Database, { from, to }: Span): Promise<Span[]> {
  const { rows } = await db.execute<{ from: number; to: number }>(sql`
    select extract(epoch from "from")::float8 as "from", extract(epoch from "to")::float8 as "to" from (
      select until as "from", lead(began) over (order by at) as "to" from host_count
      where at >= coalesce((select max(at) from host_count where at <= ${instant(from)}), '-infinity')
        and at <= coalesce((select min(at) from host_count where at >= ${instant(to)}), 'infinity')
    ) pause
    where "to" - "from" > make_interval(secs => ${SILENT_SECONDS}) and "to" > ${instant(from)} and "from" < ${instant(to)}
    order by "to" - "from" desc limit ${MOST}::int`);
  return rows.sort((a, b) => a.from - b.from);
}
