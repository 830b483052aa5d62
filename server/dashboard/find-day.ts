import { type SQL, sql } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { firstIdOf } from '../hosts/histories';
import { visibleHosts } from '../hosts/visible-hosts';
import { instant } from '../metrics/levels';
import type { Looking } from './looking';

/** Of an hour, in seconds: so long each piece of the day is. */
export const QUARTER = 900;
const DAY = 86_400;

type Counts = { up: number; down: number; warning: number; critical: number };
interface Quarter {
  /** When it begins. */
  at: string;
  /** Null where no server was at work. */
  counts: Counts | null;
}
type Counted = Counts & { n: number };

/**
 * How many hosts were up, down and ill in each quarter of an hour of the last day, at its worst. For who may see all
 * hosts as they were counted then; for who may see some, of those that they see now, as their histories say.
 */
export async function findDay(ctx: Looking, now = Date.now() / 1000): Promise<Quarter[]> {
  const first = (Math.floor(now / QUARTER) + 1) * QUARTER - DAY;
  const { rows: all } = await ctx.db.execute<Counted>(sql`
    select floor(extract(epoch from at - ${instant(first)}) / ${QUARTER}::int)::int as n,
      min(up) as up, max(down) as down, max(warning) as warning, max(critical) as critical
    from host_count where at >= ${instant(first)} and at <= ${instant(now)} group by 1`);
  const visible = visibleHosts(ctx);
  const mine = visible ? await countSome(ctx, visible, first) : all;
  // Somebody was there to hear of it.
  const atWork = new Set(all.map(({ n }) => n));
  const found = new Map(mine.map(({ n, ...counts }) => [n, counts]));
  return Array.from({ length: DAY / QUARTER }, (_, n) => {
    const at = new Date((first + n * QUARTER) * 1000).toISOString();
    return { at, counts: atWork.has(n) ? (found.get(n) ?? null) : null };
  });
}

/**
 * Each host is followed through its own history, once, however many grants somebody sees it by. One to which nothing
 * happened was all day what it is now; of any other the last event before the day says how it began.
 */
async function countSome({ db }: Looking, visible: SQL, first: number): Promise<Counted[]> {
  const begin = sql`${firstIdOf(first * 1000)}::uuid`;
  const is = (what: string, state: keyof Counts) => sql`coalesce((${sql.identifier(what)} = ${state})::int, 0)`;
  const moved = (state: keyof Counts) => sql`sum(${is('became', state)} - ${is('was', state)})`;
  const running = (state: keyof Counts) => sql`sum(${sql.identifier(state)}) over (order by at)`;
  const { rows } = await db.execute<Counted>(sql`
    with mine as materialized (
      select ${hosts.id} as id, ${hosts.state} as state, ${hosts.health} as health
      from ${hosts} where ${hosts.approval} = 'approved' and ${visible}
    ), track (name, kinds) as (
      values ('state', array['up', 'down']), ('health', array['health_ok', 'health_warning', 'health_critical'])
    ), happened as materialized (
      select e.host_id, t.name as track, e.id, e.at, replace(e.kind, 'health_', '') as became
      from mine join host_event e on e.host_id = mine.id and e.id >= ${begin} join track t on e.kind = any (t.kinds)
    ), began as materialized (
      select mine.id as host_id, t.name as track, case
        when h.host_id is null then case t.name when 'state' then mine.state else mine.health end
        else (select replace(e.kind, 'health_', '') from host_event e
          where e.host_id = mine.id and e.id < ${begin} and e.kind = any (t.kinds) order by e.id desc limit 1) end as state
      from mine cross join track t
      left join (select distinct host_id, track from happened) h on h.host_id = mine.id and h.track = t.name
    ), step as (
      select ${instant(first)} as at, state as became, null as was from began
      union all
      select greatest(h.at, ${instant(first)}), h.became,
        coalesce(lag(h.became) over (partition by h.host_id, h.track order by h.id), b.state)
      from happened h join began b on b.host_id = h.host_id and b.track = h.track
    ), change as (
      select at, ${moved('up')} as up, ${moved('down')} as down, ${moved('warning')} as warning, ${moved('critical')} as critical
      from step group by at
      union all
      select ${instant(first)} + make_interval(secs => n * ${QUARTER}::int), 0, 0, 0, 0 from generate_series(0, ${DAY / QUARTER - 1}::int) n
    ), counted as (
      select at, ${running('up')} as up, ${running('down')} as down, ${running('warning')} as warning, ${running('critical')} as critical
      from change
    )
    select floor(extract(epoch from at - ${instant(first)}) / ${QUARTER}::int)::int as n,
      min(up)::int as up, max(down)::int as down, max(warning)::int as warning, max(critical)::int as critical
    from counted group by 1`);
  return rows;
}
