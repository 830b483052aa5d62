import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Configuration } from '../../agent/configuration/schema';
import type { Database, Transaction } from '../../db/client';
import { configurationLayers, configurationOrder, fleetHosts, hosts } from '../../db/schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { type LayerOf, layerName } from './layers/layer-name';
import { type Conflict, type Layer, mergeLayers } from './layers/merge-layers';

const NAMED = 10;

/** What a change of the layers comes to, over all approved hosts that there are for the asker. */
export interface Comparison {
  /** Hosts that the layer is of. */
  of: number;
  /** Those of them that would be told something else, and the first of them by name. */
  changed: number;
  names: string[];
  /** What the fleets of a host would disagree on, and do not now; each with how many hosts. */
  conflicts: (Conflict & { hosts: number })[];
}

interface Change {
  /** Whose layer would be another one; of all for a change of the order. */
  of: LayerOf;
  /** What it would say. As it says now when left out. */
  says?: Configuration;
  /** How fleets would be ordered. As now when left out. */
  places?: Places;
  asker: Asker;
}

/** Of fleets that people have ordered, by id. The greater counts more. */
type Places = ReadonlyMap<string, number>;

/**
 * Compares by merging, as it is done when a host is told. Hosts that have the same fleets and no layer of their own are
 * one case, so that a hundred thousand hosts are as many merges as there are cases.
 */
export async function compareHosts(
  db: Database | Transaction,
  { of, says, places, asker }: Change,
): Promise<Comparison> {
  const present = await findPlaces(db);
  const shared = await db
    .select({
      layer: configurationLayers.layer,
      fleetId: configurationLayers.fleetId,
      document: configurationLayers.document,
    })
    .from(configurationLayers)
    .where(isNull(configurationLayers.hostId));
  const result: Comparison = { of: 0, changed: 0, names: [], conflicts: [] };
  for (const { hostId, fleetIds, own, count, names } of await findCases(db, of, asker)) {
    const before = shared.filter(({ fleetId }) => fleetId === null || fleetIds.includes(fleetId)).map(plain);
    if (own) before.push({ layer: `host/${hostId}`, document: own });
    const others = before.filter(({ layer }) => layer !== layerName(of));
    const after = says === undefined ? before : [...others, { layer: layerName(of), document: says }];
    const was = mergeLayers(before.map(placed(present)));
    const is = mergeLayers(after.map(placed(places ?? present)));
    result.of += count;
    if (was.hash !== is.hash) {
      result.changed += count;
      result.names = [...result.names, ...names].sort().slice(0, NAMED);
    }
    for (const conflict of is.conflicts) {
      if (was.conflicts.some(({ key }) => key === conflict.key)) continue;
      const known = result.conflicts.find(
        ({ key, layers }) => key === conflict.key && layers.join() === conflict.layers.join(),
      );
      if (known) known.hosts += count;
      else result.conflicts.push({ ...conflict, hosts: count });
    }
  }
  return result;
}

export async function findPlaces(db: Database | Transaction): Promise<Places> {
  const ordered = await db.select().from(configurationOrder);
  return new Map(ordered.map(({ fleetId, place }) => [fleetId, place]));
}

const plain = ({ layer, document }: Layer): Layer => ({ layer, document });

const placed = (places: Places) => (layer: Layer) => ({
  ...layer,
  place: places.get(layer.layer.replace('fleet/', '')) ?? null,
});

interface Case {
  /** One of them. */
  hostId: string;
  fleetIds: string[];
  own: Configuration | null;
  count: number;
  /** The first of them. */
  names: string[];
}

async function findCases(db: Database | Transaction, of: LayerOf, asker: Asker): Promise<Case[]> {
  const visible = and(visibleHosts(asker), eq(hosts.approval, 'approved'), concerned(of));
  const { rows } = await db.execute<Record<keyof Case, unknown>>(sql`
    select min("hostId"::text) as "hostId", "fleetIds", own, count(*)::int as count,
      to_jsonb((array_agg(fqdn order by fqdn collate "C"))[1:${sql.raw(`${NAMED}`)}]) as names
    from (
      select ${hosts.id} as "hostId", ${hosts.fqdn} as fqdn, own.document as own, (
        select coalesce(jsonb_agg(member.fleet_id order by member.fleet_id), '[]')
        from ${fleetHosts} member join ${configurationLayers} configured on configured.fleet_id = member.fleet_id
        where member.host_id = ${hosts.id}
      ) as "fleetIds"
      from ${hosts} left join ${configurationLayers} own on own.host_id = ${hosts.id} where ${visible}
    ) host_case
    group by "fleetIds", own`);
  return rows as unknown as Case[];
}

/** The hosts that a layer is of, as a condition on `host`; undefined when those are all. */
export function concerned(of: LayerOf): SQL | undefined {
  if (of === 'all') return undefined;
  if ('hostId' in of) return eq(hosts.id, of.hostId);
  return sql`${hosts.id} in (select ${fleetHosts.hostId} from ${fleetHosts} where ${eq(fleetHosts.fleetId, of.fleetId)})`;
}
