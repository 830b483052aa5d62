import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { fleetMembersVersion } from '../../db/schema';

/** Another number after each change of `fleet_host`, or of what a fleet with hosts says, whichever process made it. */
export async function findMembersVersion(db: Database): Promise<number> {
  const [row] = await db.select({ version: fleetMembersVersion.version }).from(fleetMembersVersion);
  return row?.version ?? 0;
}

/** Counts such a change, in the transaction that makes it, after `settleAlone`. */
export const countMembersChange = (when: SQL = sql`true`): SQL => sql`
  insert into ${fleetMembersVersion} (id, version) select 1, 1 where ${when}
  on conflict (id) do update set version = ${fleetMembersVersion.version} + 1`;
