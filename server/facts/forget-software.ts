import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostSoftware, software } from '../../db/schema';
import { lockSoftware } from './write-software';

/** Names that one statement looks at. */
const A_STATEMENT = 2000;

/**
 * Deletes the names and versions of packages that no host has any more. Rejects with the signal's reason soon after it
 * aborts.
 */
export async function forgetSoftware(db: Database, signal?: AbortSignal): Promise<void> {
  const isUnused = sql`not exists (select from ${hostSoftware} h where h.software_ids @> array[s.id])`;
  // What hosts told last lies in a list beside the index: each of the questions that follow would read through it.
  await db.execute(sql`select gin_clean_pending_list('host_software_ids')`);
  for (let looked = await look(0); looked.last !== null; looked = await look(looked.last)) {
    signal?.throwIfAborted();
    const { unused } = looked;
    if (unused.length === 0) continue;
    await db.transaction(async (tx) => {
      await lockSoftware(tx, 'alone');
      // Looked at once more: a host may have got one of them since.
      await tx.execute(sql`delete from ${software} s where s.id = any(${`{${unused.join()}}`}::int[]) and ${isUnused}`);
    });
  }

  /** At the next names by their numbers; `last` is null when there are none. */
  async function look(after: number) {
    const { rows } = await db.execute<{ last: number | null; unused: number[] }>(sql`
      select max(s.id) as last, coalesce(array_agg(s.id) filter (where ${isUnused}), '{}') as unused
      from (select id from ${software} where id > ${after}::int order by id limit ${A_STATEMENT}::int) s`);
    return rows[0]!;
  }
}
