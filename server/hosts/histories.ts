import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostEvents, hostFactChanges } from '../../db/schema';

/** What is told of hosts over time: rows of `host_id` whose ids are UUIDv7, and an index of both. */
type History = typeof hostEvents | typeof hostFactChanges;
export const HISTORIES: readonly History[] = [hostEvents, hostFactChanges];

/** Rows that one statement looks at or deletes. */
const MOST = 2000;

const FIRST = '00000000-0000-0000-0000-000000000000';

/** No UUIDv7 of that millisecond is before it. RFC 9562, 5.7. @param ms since 1970 */
export function firstIdOf(ms: number): string {
  const digits = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** The state of a host that an event told of: two that say the same kind of thing have the same. */
const trackOf = (kind: SQL) => sql`case
  when ${kind} in ('up', 'down') then 'state'
  when ${kind} in ('health_ok', 'health_warning', 'health_critical') then 'health' end`;

/** Deletes those of the rows whose ids `doomed` selects; what another process is deleting is passed over. */
const deleteThose = (history: History, doomed: SQL) => sql`
  delete from ${history} where id in (
    select locked.id from ${history} locked where locked.id in (${doomed}) order by locked.id for update skip locked)`;

/**
 * Deletes what happened before a moment, in Unix ms, but for what said last before it whether a host was up, and how
 * well: what comes after it begins with that. In small statements; rejects with the signal's reason between two of
 * them.
 */
export async function forgetBefore(
  db: Database,
  history: History,
  before: number,
  signal?: AbortSignal,
): Promise<void> {
  const end = sql`${firstIdOf(before)}::uuid`;
  const isNeeded =
    history === hostEvents
      ? sql`${trackOf(sql`slice.kind`)} is not null and not exists (
          select from host_event n where n.host_id = slice.host_id and n.id > slice.id and n.id < ${end}
            and ${trackOf(sql`n.kind`)} = ${trackOf(sql`slice.kind`)})`
      : sql`false`;
  for (let last: string | undefined = FIRST; last;) {
    signal?.throwIfAborted();
    const { rows }: { rows: { id: string }[] } = await db.execute<{ id: string }>(sql`
      with slice as materialized (
        select * from ${history} where id > ${last}::uuid and id < ${end} order by id limit ${MOST}::int
      ), gone as (${deleteThose(history, sql`select id from slice where not (${isNeeded})`)})
      select id from slice order by id desc limit 1`);
    last = rows[0]?.id;
  }
}

/** Those of the hosts that have more than so many rows. */
export async function findBeyond(db: Database, history: History, hostIds: string[], kept: number): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select asked.id from unnest(${sql.param(hostIds)}::uuid[]) asked (id)
    where exists (select from ${history} one where one.host_id = asked.id order by one.id desc offset ${kept}::int)`);
  return rows.map(({ id }) => id);
}

/**
 * Deletes rows of one host beyond so many, so that a flood displaces itself and not the past.
 *
 * Of what happened: of each kind the oldest, beyond so many of a kind; never what said last how the host is. Of what
 * changed: half of the room is for what came first in each section and day, for all days alike; the other half is for
 * the newest. Who makes up 10,000 changes of a day has no more of the first half than what is left of it.
 */
export async function forgetBeyond(
  db: Database,
  history: History,
  hostId: string,
  kept: number,
  signal?: AbortSignal,
): Promise<void> {
  const ofHost = sql`from ${history} where host_id = ${hostId}`;
  const half = Math.floor(kept / 2);
  const track = sql`coalesce(${trackOf(sql`kind`)}, kind)`;
  const doomed =
    history === hostEvents
      ? sql`select id from (
          select id, row_number() over (partition by ${track} order by id desc) as nth ${ofHost}) counted
        where nth > ${kept}::int order by id limit ${MOST}::int`
      : sql`select id from (
          select id, row_number() over (order by nth, id) as fair from (
            select id, row_number() over (partition by section, (at at time zone 'UTC')::date order by id) as nth
            ${ofHost}) counted) shared
        where fair > ${half}::int order by id desc offset ${kept - half}::int limit ${MOST}::int`;
  for (let isMore = true; isMore;) {
    signal?.throwIfAborted();
    const { rows } = await db.execute(sql`${deleteThose(history, doomed)} returning 1`);
    isMore = rows.length === MOST;
  }
}
