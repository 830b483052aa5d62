import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { fleetDue, fleets, hosts } from '../../db/schema';

const READ_DAYS = sql`${fleets.reads} @> '["certificate_ends"]'`;

/**
 * Makes due what time alone changes: hosts whose certificate has another number of whole days left than so long ago.
 * @param seconds null for whoever does not know when somebody last looked: all hosts are, for the rules that read it
 */
export async function queuePassedDays(db: Database, seconds: number | null): Promise<void> {
  if (seconds === null) {
    await db.update(fleets).set({ isSettled: false }).where(READ_DAYS);
    return;
  }
  const daysLeft = (ago: number) =>
    sql`floor(extract(epoch from ${hosts.certificateEnds} - now() + ${ago}::float8 * interval '1 second') / 86400)`;
  await db.execute(sql`
    insert into ${fleetDue} (host_id, columns) select ${hosts.id}, '{certificate_ends}' from ${hosts}
    where exists (select from ${fleets} where ${READ_DAYS}) and ${hosts.certificateEnds} <> 'infinity'
      and ${daysLeft(0)} <> ${daysLeft(seconds)}`);
}
