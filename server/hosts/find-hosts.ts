import { and, asc, eq, inArray, like, not, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { platform, type Approval } from '../../agent/protocol';
import type { Database, Transaction } from '../../db/client';
import { fleetHosts, fleets, hostFigures, hostPresence, hosts } from '../../db/schema';
import { illness, numbersInOrder, systemText } from '../../db/schema/hosts';
import { asciiLower } from '../rules/ascii-lower';
import { isNotAsWanted, notAsWanted } from '../configuration/not-as-wanted';
import { visibleFleets } from '../fleets/visible-fleets';
import { byId, byInstant, byLowerText, byNumber, byText, byTwoTexts, containing, finite } from '../list/keyset';
import { cut, type List, paging, readCountedPage } from '../list/list';
import { fromText } from '../rest/schema';
import { readLastSamples } from '../metrics/find-last';
import { ruleCondition } from '../rules/rule-condition';
import { ruleOf, ruleText } from '../rules/rule-text';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import { healthState, type HostRow, hostState, type HostState } from './host-schema';
import { type Asker, visibleHosts } from './visible-hosts';

/** What the list can be narrowed by. */
export const hostFilter = z.object({
  search: storableText(253)
    .trim()
    .meta({ examples: ['web-01'] })
    .optional(),
  state: hostState.optional(),
  platform: platform.optional(),
  filter: ruleText.optional(),
  fleet: z.uuid().optional().meta({ description: 'The id of a fleet that they are in.' }),
  health: healthState.optional(),
  reason: storableText(600)
    .meta({ description: 'Of its health, as `health.reason` has it.', examples: ['disk.used_percent:/var above 95'] })
    .optional(),
  configuration: notAsWanted
    .meta({
      description:
        'By the host’s own last word it refused its configuration, went back from it, or has `drift` on the machine. For who may read configurations.',
    })
    .optional(),
  downSince: z.iso
    .datetime()
    .meta({
      description: 'It went down in the minute of that moment, and has not come back.',
      format: 'date-time',
      examples: ['2026-01-31T12:00:00.000Z'],
    })
    .optional(),
  from: storableText(64)
    .meta({
      description: 'The address that it asked from, as the server saw it. Leaves out who was decided on.',
      examples: ['192.0.2.7'],
    })
    .optional(),
  /** False leaves out what waits for a decision: pending and conflict. */
  waiting: fromText(z.boolean())
    .default(true)
    .meta({ description: 'True when left out. False leaves out what waits for a decision.' }),
});
type HostFilter = z.infer<typeof hostFilter>;

/** What is measured of a host: sorted by what it was at the last look, once a minute. */
const BY_FIGURE = ['cpu', 'memory', 'disk'] as const;

export const hostQuery = hostFilter.extend(
  paging([
    ...(['fqdn', 'state', 'health', 'system', ...BY_FIGURE] as const),
    ...(['lastSeen', 'certificate', 'agent', 'registered'] as const),
  ]),
);
export type HostQuery = z.infer<typeof hostQuery>;

/** What lists show, and nothing else. */
const listed = {
  id: hosts.id,
  fqdn: hosts.fqdn,
  reportedFqdn: hosts.reportedFqdn,
  platform: hosts.platform,
  state: hosts.state,
  approval: hosts.approval,
  addresses: hosts.addresses,
  osName: hosts.osName,
  osVersion: hosts.osVersion,
  agentVersion: hosts.agentVersion,
  fingerprintWords: hosts.fingerprintWords,
  registeredAt: hosts.registeredAt,
  registeredFrom: hosts.registeredFrom,
  decidedAt: hosts.decidedAt,
  renewalRequestedAt: hosts.renewalRequestedAt,
  certificateEnds: hosts.certificateEnds,
  hasOpenClone: hosts.hasOpenClone,
  lastSeen: hosts.lastSeen,
  health: hosts.health,
  healthSince: hosts.healthSince,
  healthReason: hosts.healthReason,
  tags: hosts.tags,
  agentTags: hosts.agentTags,
};
type Stored = Pick<typeof hosts.$inferSelect, keyof typeof listed>;
/** With the figure that it is sorted by, if it is by one, and in an export with what its fleets tag it with. */
type Sorted = Stored & { figure: number; fleetTags: string[] };

type Ctx = Pick<Services, 'db'> & Asker;
type Live = Pick<Services, 'config' | 'presence' | 'samples' | 'sockets'>;

const NO_TAGS = sql<string[]>`array[]::text[]`;

function selectHosts({ db }: Pick<Services, 'db'>, sort?: HostQuery['sort'], fleetTags = NO_TAGS) {
  const figure = BY_FIGURE.find((one) => one === sort);
  const none = sql<number>`-1`.as('figure');
  if (!figure)
    return db
      .select({ ...listed, figure: none, fleetTags })
      .from(hosts)
      .$dynamic();
  return db
    .select({ ...listed, figure: hostFigures[figure], fleetTags })
    .from(hosts)
    .innerJoin(hostFigures, eq(hostFigures.hostId, hosts.id));
}

const byFigure = (figure: (typeof BY_FIGURE)[number]) =>
  byNumber<Sorted>(hostFigures.hostId, hostFigures[figure], (host) => host.figure);

/** As the index of this order has it. */
const ILLNESS = { critical: 3, warning: 2, ok: 1 };

/** Whether a host is in that fleet, as far as there is such a fleet for the caller. */
export function inFleet(asker: Asker, fleetId: string): SQL {
  const visible = visibleFleets(asker);
  const seen = visible && sql`and ${fleetHosts.fleetId} in (select ${fleets.id} from ${fleets} where ${visible})`;
  return sql`${hosts.id} in (select ${fleetHosts.hostId} from ${fleetHosts} where ${fleetHosts.fleetId} = ${fleetId} ${seen})`;
}

/** What its fleets tag a host with, as far as there are such fleets for the caller. Each once. */
function fleetTagsOf(asker: Asker): SQL<string[]> {
  const visible = visibleFleets(asker);
  return sql<string[]>`array(
    select distinct given.tag from fleet_host m join fleet on fleet.id = m.fleet_id
      cross join jsonb_array_elements_text(fleet.tags) given (tag)
    where m.host_id = host.id ${visible && sql`and ${visible}`} order by 1)`;
}

/** In the minute of that moment. */
function wentDownIn(moment: string): SQL {
  const begin = Math.floor(Date.parse(moment) / 60_000) * 60;
  const [from, to] = [begin, begin + 60].map((at) => sql`to_timestamp(${at}::float8)`);
  return sql`${hosts.id} in (
    select ${hostPresence.hostId} from ${hostPresence} where ${hostPresence.state} = 'down'
      and ${hostPresence.since} >= ${from} and ${hostPresence.since} < ${to})`;
}

/** In the query's own words, as the index of those that wait has it. */
const WAITS = sql`approval in ('pending', 'conflict')`;

export const hostList: List<Ctx, HostFilter, Sorted, HostQuery['sort']> = {
  select: selectHosts,
  scope: visibleHosts,
  id: { of: (host) => host.id },
  // Fewer characters make no trigram.
  gathers: ({ search = '', health, configuration, downSince, from }) =>
    search.length >= 3 ||
    [configuration, downSince, from].some((part) => part !== undefined) ||
    (health !== undefined && health !== 'ok'),
  conditions: (
    { search, state, platform, health, reason, configuration, downSince, filter, fleet, from, waiting },
    ctx,
  ) => [
    search ? like(hosts.searched, containing(asciiLower(search))) : undefined,
    state && eq(hosts.state, state),
    platform && eq(hosts.platform, platform),
    // As a row shows it: of hosts that may connect.
    health && and(eq(hosts.approval, 'approved'), eq(hosts.health, health)),
    reason === undefined ? undefined : and(eq(hosts.approval, 'approved'), eq(hosts.healthReason, reason)),
    configuration && isNotAsWanted(configuration, ctx),
    downSince === undefined ? undefined : and(eq(hosts.state, 'down'), wentDownIn(downSince)),
    filter === undefined ? undefined : ruleCondition(ruleOf(filter)),
    fleet === undefined ? undefined : inFleet(ctx, fleet),
    from === undefined ? undefined : and(WAITS, eq(hosts.registeredFrom, from)),
    waiting ? undefined : not(inArray(hosts.state, ['pending', 'conflict'])),
  ],
  orders: {
    fqdn: byText(hosts.id, hosts.fqdn, (host) => host.fqdn),
    state: byTwoTexts(hosts.id, [hosts.state, hosts.fqdn], (host) => [host.state, host.fqdn]),
    health: byNumber(hosts.id, illness(hosts), (host) =>
      host.approval === 'approved' && host.health ? ILLNESS[host.health] : 0,
    ),
    system: byLowerText(hosts.id, systemText(hosts), (host) => `${host.osName} ${host.osVersion}`, numbersInOrder),
    cpu: byFigure('cpu'),
    memory: byFigure('memory'),
    disk: byFigure('disk'),
    lastSeen: byInstant(hosts.id, hosts.lastSeen, (host) => host.lastSeen),
    certificate: byInstant(hosts.id, hosts.certificateEnds, (host) => host.certificateEnds),
    agent: byLowerText(hosts.id, hosts.agentVersion, (host) => host.agentVersion, numbersInOrder),
    registered: byId(hosts.id, ({ id }) => id),
  },
};

/** The same hosts, with what their fleets tag them with. */
export const exportedHosts: typeof hostList = {
  ...hostList,
  select: (ctx, sort) => selectHosts(ctx, sort, fleetTagsOf(ctx)),
};

/** One page of hosts, with how many there are in all and where the next page starts. */
export async function listHosts(services: Ctx & Live, { sort, direction, cursor, limit, ...filter }: HostQuery) {
  const { rows, ...page } = await readCountedPage(hostList, services, { filter, sort, direction, cursor, limit });
  return { hosts: await hostRows(services, rows), ...page };
}

/** Which of those that wait for a person. */
export const waitingFilter = z.object({
  search: hostFilter.shape.search,
  state: z.enum(['pending', 'conflict']).optional(),
  platform: platform.optional(),
  filter: hostFilter.shape.filter,
  fleet: hostFilter.shape.fleet,
  from: hostFilter.shape.from,
});
type WaitingFilter = z.infer<typeof waitingFilter>;

export const waitingQuery = waitingFilter.extend({ cursor: cut().cursor });

/** The same hosts as in `hostList`, as far as they wait, oldest first. */
export const waitingList: List<Ctx, WaitingFilter, Sorted, 'registered'> = {
  ...hostList,
  // The few that wait have an index of their own.
  gathers: () => true,
  conditions: (filter, ctx) => [WAITS, ...hostList.conditions({ ...filter, waiting: true }, ctx)],
};

const WAITING_A_PAGE = 25;

/** What waits for a person, oldest first, a page at a time, and how many match in all. */
export async function listWaitingHosts(services: Ctx & Live, { cursor, ...filter }: z.infer<typeof waitingQuery>) {
  const order = { sort: 'registered', direction: 'asc' } as const;
  const { rows, ...page } = await readCountedPage(waitingList, services, {
    filter,
    ...order,
    cursor,
    limit: WAITING_A_PAGE,
  });
  return { hosts: await hostRows(services, rows), ...page };
}

/** Hosts that two machines claim to be, as far as nobody has decided yet; at most 100 of them. */
export async function listClonedHosts(services: Ctx & Live) {
  const rows = await selectHosts(services)
    .where(and(visibleHosts(services), eq(hosts.approval, 'approved'), hosts.hasOpenClone))
    .orderBy(asc(hosts.fqdn))
    .limit(100);
  return hostRows(services, rows);
}

/** The rows of these hosts, in no order; those that are gone, or are none for the caller, are left out. */
export async function findHostRows(services: Ctx & Live, hostIds: string[]) {
  if (hostIds.length === 0) return [];
  const rows = await selectHosts(services).where(and(visibleHosts(services), inArray(hosts.id, hostIds)));
  return hostRows(services, rows);
}

/** Whether there is such a host, to tell "not now" from "not at all". */
export const isKnown = async (db: Database | Transaction, hostId: string) =>
  (await db.select({ id: hosts.id }).from(hosts).where(eq(hosts.id, hostId))).length > 0;

/**
 * What lists show of hosts. Of whom memory has no sample, as after a start, the rows are asked: once for all of them.
 */
export async function hostRows(services: Ctx & Live, stored: Omit<Stored, 'state'>[]): Promise<HostRow[]> {
  const unheard = stored.filter(({ id, approval }) => approval === 'approved' && !services.samples.latest(id));
  const last = await readLastSamples(
    services,
    unheard.map(({ id }) => id),
  );
  return stored.map((host) => hostRow(services, host, last.get(host.id)));
}

/**
 * One of them. Instants are ISO 8601.
 * @param last what rows have of it, where memory has nothing
 */
export function hostRow(
  { presence, samples, sockets }: Omit<Live, 'config'>,
  host: Omit<Stored, 'state'>,
  last?: Pick<HostRow, 'sample' | 'isSampleStale'>,
): HostRow {
  const live = host.approval === 'approved' ? presence.get(host.id) : undefined;
  const latest = samples.latest(host.id);
  return {
    id: host.id,
    fqdn: host.fqdn,
    reportedFqdn: host.reportedFqdn,
    platform: host.platform,
    state: stateOf(host.approval, live?.state),
    /** Since when it is in this state. */
    since: (live?.since ?? host.decidedAt ?? host.registeredAt).toISOString(),
    reason: live?.reason ?? null,
    lastSeen: live?.lastSeen.toISOString() ?? null,
    addresses: host.addresses,
    osName: host.osName,
    osVersion: host.osVersion,
    agentVersion: host.agentVersion,
    fingerprintWords: host.fingerprintWords,
    registeredAt: host.registeredAt.toISOString(),
    registeredFrom: host.registeredFrom,
    certificateExpires: finite(host.certificateEnds)?.toISOString() ?? null,
    isCloneSuspected: host.approval === 'approved' && host.hasOpenClone,
    renewalRequestedAt: host.renewalRequestedAt?.toISOString() ?? null,
    copies: host.hasOpenClone ? sockets.held(host.id).length : 0,
    health: healthOf(host),
    tags: host.tags,
    agentTags: host.agentTags,
    sample: latest ?? last?.sample ?? null,
    isSampleStale: latest ? samples.isStale(host.id) : (last?.isSampleStale ?? false),
  };
}

function healthOf({ approval, health, healthSince, healthReason }: Omit<Stored, 'state'>): HostRow['health'] {
  if (approval !== 'approved' || !health) return null;
  return { state: health, reason: healthReason, since: healthSince!.toISOString() };
}

const stateOf = (approval: Approval, live: 'up' | 'down' | undefined): HostState =>
  approval === 'approved' ? (live ?? 'never') : approval;
