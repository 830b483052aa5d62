import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { fleetMembersVersion } from '../../db/schema';

/** Another number after each change of `fleet_host`, whichever process made it. */
export async function findMembersVersion(db: Database): Promise<number> {
  const [row] = await db.select({ version: fleetMembersVersion.version }).from(fleetMembersVersion);
  return row?.version ?? 0;
}

/** Counts a change of `fleet_host`, in the transaction that makes it. */
export const countMembersChange = (when: SQL = sql`true`): SQL => sql`
  insert into ${fleetMembersVersion} (id, version) select 1, 1 where ${when}
  on conflict (id) do update set version = ${fleetMembersVersion.version} + 1`;
