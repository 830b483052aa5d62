import { eq, sql } from 'drizzle-orm';
import type { Facts } from '../../agent/protocol';
import type { Transaction } from '../../db/client';
import { fleetDue, hostSoftware, software } from '../../db/schema';
import { packagesChanged } from '../rules/packages';

interface Package {
  name: string;
  version: string;
}

/** What a host has installed: a name comes with each of its versions, which an agent joins by a comma. */
export function* softwareOf(packages: Facts): Generator<Package> {
  for (const [name, versions] of Object.entries(packages))
    for (const version of String(versions).split(', ')) yield { name, version };
}

/**
 * Held to the end of a transaction: shared by those who name packages, alone by who deletes names. Without it a name
 * could go between the moment in which a host finds it and the one in which the host's set with it is committed.
 */
export const lockSoftware = (tx: Transaction, how: 'shared' | 'alone') =>
  how === 'shared'
    ? tx.execute(sql`select pg_advisory_xact_lock_shared(hashtext('sysmanage software'))`)
    : tx.execute(sql`select pg_advisory_xact_lock(hashtext('sysmanage software'))`);

/** What a host has installed now, and of which packages that is another; null where nothing was known. */
interface Installed {
  hostId: string;
  facts: Facts;
  changed: { name: string }[] | null;
}

/**
 * Hosts' packages as the numbers that they are found by. Hosts have most of theirs in common, and each is asked for
 * once. The rules that ask for one that changed are due.
 */
export async function writeSoftware(tx: Transaction, reports: Installed[]): Promise<void> {
  if (reports.length === 0) return;
  await lockSoftware(tx, 'shared');
  const places = new Map<string, number>();
  const packages: Package[] = [];
  const placeOf = (one: Package): number => {
    const key = `${one.name}\0${one.version}`;
    const place = places.get(key) ?? packages.push(one) - 1;
    places.set(key, place);
    return place;
  };
  const wanted = reports.map(({ hostId, facts }) => ({ hostId, places: [...softwareOf(facts)].map(placeOf) }));
  const ids = await numbersOf(tx, packages);
  const sets = wanted.map(({ hostId, places }) => ({
    host: hostId,
    ids: [...new Set(places.map((place) => ids[place]!))].sort((a, b) => a - b),
  }));
  await tx.execute(sql`
    insert into ${hostSoftware} (host_id, software_ids)
    select one.host, one.ids from jsonb_to_recordset(${JSON.stringify(sets)}::jsonb) as one(host uuid, ids int[])
    on conflict (host_id) do update set software_ids = excluded.software_ids`);
  await tx
    .insert(fleetDue)
    .values(
      reports.map(({ hostId, changed }) => ({
        hostId,
        columns: packagesChanged(changed && changed.map(({ name }) => name)),
      })),
    );
}

/** A host does not tell of its packages any more. */
export async function forgetPackages(tx: Transaction, hostId: string): Promise<void> {
  await tx.delete(hostSoftware).where(eq(hostSoftware.hostId, hostId));
  await tx.insert(fleetDue).values({ hostId, columns: packagesChanged(null) });
}

/** The number of each package, in their order; what is new gets one. */
async function numbersOf(tx: Transaction, packages: readonly Package[]): Promise<number[]> {
  const ids: number[] = [];
  const find = async () => {
    const unknown = packages.flatMap((one, place) => (ids[place] === undefined ? [{ place, ...one }] : []));
    const all = sql`jsonb_to_recordset(${JSON.stringify(unknown)}::jsonb) as p(place int, name text, version text)`;
    const { rows } = await tx.execute<{ place: number; id: number }>(sql`
      select p.place, s.id from ${all} join ${software} s on s.name = p.name and s.version = p.version`);
    for (const { place, id } of rows) ids[place] = id;
    return rows.length === unknown.length ? null : all;
  };
  const all = await find();
  if (!all) return ids;
  // In one order for all, or two hosts that bring the same new packages would wait for each other.
  await tx.execute(sql`
    insert into ${software} (name, version)
    select p.name, p.version from ${all}
    where not exists (select from ${software} s where s.name = p.name and s.version = p.version)
    order by p.name, p.version
    on conflict do nothing`);
  await find();
  return ids;
}
