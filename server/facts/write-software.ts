import { sql } from 'drizzle-orm';
import type { Facts } from '../../agent/protocol';
import type { Transaction } from '../../db/client';
import { hostSoftware, software } from '../../db/schema';

/** What a host has installed: a name comes with each of its versions, which an agent joins by a comma. */
export function* softwareOf(packages: Facts): Generator<{ name: string; version: string }> {
  for (const [name, versions] of Object.entries(packages))
    for (const version of String(versions).split(', ')) yield { name, version };
}

/** A host's packages as the numbers that it is found by. */
export async function writeSoftware(tx: Transaction, hostId: string, packages: Facts): Promise<void> {
  const all = sql`jsonb_to_recordset(${JSON.stringify([...softwareOf(packages)])}::jsonb) as p(name text, version text)`;
  // In one order for all, or two hosts that bring the same new packages would wait for each other.
  await tx.execute(sql`
    insert into ${software} (name, version)
    select p.name, p.version from ${all}
    where not exists (select from ${software} s where s.name = p.name and s.version = p.version)
    order by p.name, p.version
    on conflict do nothing`);
  await tx.execute(sql`
    insert into ${hostSoftware} (host_id, software_ids)
    select ${hostId}, coalesce(array_agg(s.id order by s.id), '{}')
    from ${all} join ${software} s on s.name = p.name and s.version = p.version
    on conflict (host_id) do update set software_ids = excluded.software_ids`);
}
