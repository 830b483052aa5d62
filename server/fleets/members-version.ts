import type { Database } from '../../db/client';
import { fleetMembersVersion } from '../../db/schema';

/** Another number after each change of `fleet_host`, whichever process made it. */
export async function findMembersVersion(db: Database): Promise<number> {
  const [row] = await db.select({ version: fleetMembersVersion.version }).from(fleetMembersVersion);
  return row?.version ?? 0;
}
