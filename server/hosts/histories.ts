import { lt, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostEvents, hostFactChanges } from '../../db/schema';

/** What is told of hosts over time: rows of `host_id` whose ids are UUIDv7, and an index of both. */
type History = typeof hostEvents | typeof hostFactChanges;
export const HISTORIES: readonly History[] = [hostEvents, hostFactChanges];

/** Rows that one statement deletes. */
const MOST = 2000;

/** No UUIDv7 of that millisecond is before it. RFC 9562, 5.7. @param ms since 1970 */
export function firstIdOf(ms: number): string {
  const digits = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** Deletes what happened before a moment, in Unix ms. Each row by one process, however many do so at once. */
export async function forgetBefore(db: Database, history: History, before: number): Promise<void> {
  for (;;) {
    const old = db
      .select({ id: history.id })
      .from(history)
      .where(lt(history.id, firstIdOf(before)))
      .orderBy(history.id)
      .limit(MOST)
      .for('update', { skipLocked: true });
    const { rows } = await db.execute(sql`delete from ${history} where id in ${old} returning 1`);
    if (rows.length < MOST) return;
  }
}

/** Deletes the oldest rows of these hosts, beyond so many of each. */
export async function forgetBeyond(db: Database, history: History, hostIds: string[], kept: number): Promise<void> {
  await db.execute(sql`
    delete from ${history} old using (
      select asked.host_id, (
        select one.id from ${history} one where one.host_id = asked.host_id
        order by one.id desc offset ${kept}::int limit 1) as last
      from unnest(${sql.param(hostIds)}::uuid[]) asked (host_id)) beyond
    where old.host_id = beyond.host_id and old.id <= beyond.last`);
}
