import { and, asc, count, eq, gt, ilike, inArray, lt, not, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { platform, type Approval } from '../../agent/protocol';
import type { Database, Transaction } from '../../db/client';
import { hosts } from '../../db/schema';
import { beyond, containing, directed, instantKey, type Order, readCursor, writeCursor } from '../list/keyset';
import { CURSOR_EXAMPLE, fromText } from '../rest/schema';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import { type HostRow, hostState, type HostState } from './host-schema';

export const hostFilter = z.object({
  search: storableText(253).trim().meta({ examples: ['web-01'] }).optional(),
  state: hostState.optional(),
  platform: platform.optional(),
  /** False leaves out what waits for a decision: pending and conflict. */
  waiting: fromText(z.boolean()).default(true).meta({ description: 'True when left out. False leaves out what waits for a decision.' }),
  sort: z.enum(['fqdn', 'registered', 'lastSeen']).default('fqdn'),
  direction: z.enum(['asc', 'desc']).default('asc'),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(1000).meta({ examples: [CURSOR_EXAMPLE] }).optional(),
  limit: fromText(z.number().int().min(1).max(200)).default(50).meta({ description: '50 when left out.' }),
});
export type HostFilter = z.infer<typeof hostFilter>;

/** What lists show, and nothing else. */
const { id, fqdn, platform: platformColumn, approval, addresses, osName, osVersion, agentVersion, fingerprintWords } = hosts;
const { registeredAt, registeredFrom, decidedAt, renewalRequestedAt, certificateEnds, hasOpenClone, lastSeen } = hosts;
const listed = {
  ...{ id, fqdn, platform: platformColumn, approval, addresses, osName, osVersion, agentVersion, fingerprintWords },
  ...{ registeredAt, registeredFrom, decidedAt, renewalRequestedAt, certificateEnds, hasOpenClone, lastSeen },
};

const selectHosts = ({ db }: Pick<Services, 'db'>) => db.select(listed).from(hosts);

type Stored = Pick<typeof hosts.$inferSelect, keyof typeof listed>;
type Live = Pick<Services, 'presence' | 'samples' | 'sockets'>;

/** One page of hosts, with how many there are in all and where the next page starts. Sorted and cut by the database. */
export async function listHosts(services: Pick<Services, 'db'> & Live, filter: HostFilter) {
  const where = and(...conditions(filter));
  const order = ORDERS[filter.sort];
  const rows = await selectHosts(services)
    .where(and(where, filter.cursor ? order.after(filter.direction, readCursor(filter.cursor, order.cursorKey)) : undefined))
    .orderBy(...order.by(filter.direction))
    .limit(filter.limit + 1);
  const [total] = await services.db
    .select({ n: count() })
    .from(hosts)
    .where(where);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    hosts: page.map((host) => hostRow(services, host)),
    nextCursor: rows.length > filter.limit && last ? writeCursor([order.key(last), last.id]) : null,
    total: total!.n,
  };
}

/** What waits for a person, oldest first; at most 100 of them, and how many there are. */
export async function listWaitingHosts(services: Pick<Services, 'db'> & Live) {
  const waiting = inArray(hosts.approval, ['pending', 'conflict']);
  const rows = await selectHosts(services).where(waiting).orderBy(asc(hosts.id)).limit(100);
  const total = rows.length < 100 ? rows.length : (await services.db.select({ n: count() }).from(hosts).where(waiting))[0]!.n;
  return { hosts: rows.map((host) => hostRow(services, host)), total };
}

/** Hosts that two machines claim to be, as far as nobody has decided yet; at most 100 of them. */
export async function listClonedHosts(services: Pick<Services, 'db'> & Live) {
  const rows = await selectHosts(services)
    .where(and(eq(hosts.approval, 'approved'), hosts.hasOpenClone))
    .orderBy(asc(hosts.fqdn))
    .limit(100);
  return rows.map((host) => hostRow(services, host));
}

/** The rows of these hosts, in no order; those that are gone are left out. */
export async function findHostRows(services: Pick<Services, 'db'> & Live, hostIds: string[]) {
  if (hostIds.length === 0) return [];
  const rows = await selectHosts(services).where(inArray(hosts.id, hostIds));
  return rows.map((host) => hostRow(services, host));
}

/** Whether there is such a host, to tell "not now" from "not at all". */
export const isKnown = async (db: Database | Transaction, hostId: string) =>
  (await db.select({ id: hosts.id }).from(hosts).where(eq(hosts.id, hostId))).length > 0;

/** What lists show of a host. Instants are ISO 8601. */
export function hostRow({ presence, samples, sockets }: Live, host: Stored): HostRow {
  const live = host.approval === 'approved' ? presence.get(host.id) : undefined;
  return {
    id: host.id,
    fqdn: host.fqdn,
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
    certificateExpires: Number.isNaN(Date.parse(host.certificateEnds)) ? null : new Date(host.certificateEnds).toISOString(),
    isCloneSuspected: host.approval === 'approved' && host.hasOpenClone,
    renewalRequestedAt: host.renewalRequestedAt?.toISOString() ?? null,
    copies: host.hasOpenClone ? sockets.held(host.id).length : 0,
    sample: samples.latest(host.id),
  };
}

const stateOf = (approval: Approval, live: 'up' | 'down' | undefined): HostState =>
  approval === 'approved' ? (live ?? 'never') : approval;

function conditions({ search, state, platform, waiting }: HostFilter): (SQL | undefined)[] {
  const pattern = search && containing(search);
  return [
    pattern ? or(ilike(hosts.fqdn, pattern), hasAddressLike(pattern)) : undefined,
    state && eq(hosts.state, state),
    platform && eq(hosts.platform, platform),
    waiting ? undefined : not(inArray(hosts.approval, ['pending', 'conflict'])),
  ];
}

/** Each address by itself: in the text of the whole array, a quote or a comma would match every host. */
const hasAddressLike = (pattern: string) =>
  sql`exists (select from jsonb_array_elements_text(${hosts.addresses}) as address where address ilike ${pattern})`;

const ORDERS: Record<HostFilter['sort'], Order<Stored>> = {
  fqdn: {
    by: (direction) => [directed(direction, hosts.fqdn), directed(direction, hosts.id)],
    after: (direction, [key, id]) => sql`(${hosts.fqdn}, ${hosts.id}) ${beyond(direction)} (${key}, ${id}::uuid)`,
    key: (host) => host.fqdn,
    cursorKey: storableText(300),
  },
  // Ids are UUIDv7: their order is the order of registration.
  registered: {
    by: (direction) => [directed(direction, hosts.id)],
    after: (direction, [, id]) => (direction === 'asc' ? gt(hosts.id, id) : lt(hosts.id, id)),
    key: (host) => host.id,
    cursorKey: z.uuid(),
  },
  lastSeen: {
    by: (direction) => [directed(direction, lastSeen), directed(direction, hosts.id)],
    after: (direction, [key, id]) => sql`(${lastSeen}, ${hosts.id}) ${beyond(direction)} (${key}::timestamptz, ${id}::uuid)`,
    key: (host) => (host.lastSeen.endsWith('infinity') ? host.lastSeen : new Date(host.lastSeen).toISOString()),
    cursorKey: instantKey,
  },
};
