import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { count, desc, eq, max, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostPresence, hosts } from '../../db/schema';
import type { Config } from '../config';
import { AppError } from '../errors';
import { peerAddress } from '../http/client-address';
import { createHandshakeQueue, type HandshakeQueue, keyOf } from '../http/queue-handshakes';
import { EVERYBODY, FULL, type Limit, type Limits, networkOf } from '../limits';
import type { Log } from '../log';

/** How long an address counts as one that hosts of ours connect from, after the last of them did. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Addresses remembered; the one whose host was here longest ago is forgotten first. */
const MOST_REMEMBERED = 100_000;

/**
 * A host that comes back, and is kept waiting, begins so many connections in its first minute: see `fullJitter` of the
 * agent.
 */
const TRIES_A_HOST = 6;

const WARN_EVERY_MS = 60_000;

/**
 * Who may begin a TLS handshake and keep a connection, of all that anybody may ask of us what costs most. See
 * docs/agents.md.
 */
export interface HandshakeLimits {
  /** Counts a connection against its address before TLS begins, and lets it wait for its turn. */
  admit(socket: Socket): Promise<boolean>;
  /** Its first request is answered: the next connection has its turn. */
  served(socket: Socket): void;
  /** Whoever is at its other end is known to us: it does not count among the open connections of strangers any more. */
  prove(socket: Socket): void;
  /** It is an approved host's: the same, uncounts its handshake, and keeps its address in good memory. */
  recognise(request: IncomingMessage): Promise<void>;
  /** A host is connected from there. Returns what is to be called when it is not any more. */
  arrived(address: string): () => void;
  /** Whether connections from addresses of hosts wait for their turn. */
  isBusy(): boolean;
  /** How many connections wait for their turn. */
  waiting(): number;
}

/** An address and how many approved hosts were last there. */
export interface HostAddress {
  address: string;
  hosts: number;
}

/**
 * Where approved hosts last connected or registered from, the last of them first: what is known of them after a start.
 */
export async function findHostAddresses(db: Database): Promise<HostAddress[]> {
  const address = sql<string>`coalesce(${hostPresence.address}, ${hosts.registeredFrom})`;
  const last = max(sql`coalesce(${hostPresence.lastSeen}, ${hosts.registeredAt})`);
  return db
    .select({ address, hosts: count() })
    .from(hosts)
    .leftJoin(hostPresence, eq(hostPresence.hostId, hosts.id))
    .where(eq(hosts.approval, 'approved'))
    .groupBy(address)
    .orderBy(desc(last))
    .limit(MOST_REMEMBERED);
}

interface Options {
  limits: Limits;
  enrolment: Pick<Config['enrolment'], 'connections_per_address' | 'connections'>;
  log: Log;
  /** In good memory from the start. */
  hostsFrom: HostAddress[];
  queue?: HandshakeQueue;
}

/** What is known of a network from which hosts of ours connect. */
interface Home {
  /** When one of them was last recognised there. */
  seenAt: number;
  /** The most that are known to have been there. */
  hosts: number;
  /** Connected now. */
  here: number;
}

export function createHandshakeLimits(
  { limits, enrolment, log, hostsFrom, queue = createHandshakeQueue() }: Options,
  now = Date.now,
): HandshakeLimits {
  /** By network, that of the longest absence first. */
  const homes = new Map<string, Home>();
  for (const { address, hosts } of [...hostsFrom].reverse()) {
    const known = homes.get(networkOf(address))?.hosts ?? 0;
    homes.set(networkOf(address), { seenAt: now(), hosts: known + hosts, here: 0 });
  }
  /** What each connection was counted against, until it is recognised. Keyed by the TCP ports: TLS wraps the socket. */
  const counted = new Map<string, Charge[]>();
  /** Open connections of which nobody is known, by `keyOf`: their networks. */
  const unproved = new Map<string, string>();
  const unprovedFrom = new Map<string, number>();
  let warnedAt = 0;

  function homeOf(network: string): Home | undefined {
    const home = homes.get(network);
    return home && home.seenAt + REMEMBERED_MS > now() ? home : undefined;
  }
  const awayFrom = (network: string) => {
    const home = homeOf(network);
    return home ? Math.max(0, home.hosts - home.here) : 0;
  };

  async function charge(from: string): Promise<Charge[] | null> {
    const strangers: Charge[] = [
      // First what all share: in the other order each address of a flood would leave a record of itself for a minute,
      // however little there is left to take.
      { limit: limits.handshakes, name: EVERYBODY, points: 1 },
      { limit: limits.handshakesFrom, name: from, points: 1 },
    ];
    if (await takeAll(strangers)) return strangers;
    // Before the handshake a stranger and a host behind one address cannot be told apart: where hosts are, there is
    // more, and for a fleet that is to come back as much as it needs.
    if (!homeOf(from)) return null;
    const besideHosts: Charge[] = [{ limit: limits.handshakesBesideHosts, name: from, points: 1 }];
    if (await takeAll(besideHosts)) return besideHosts;
    const away = awayFrom(from);
    if (away === 0) return null;
    const points = Math.ceil(FULL / (TRIES_A_HOST * away));
    const comingBack: Charge[] = [{ limit: limits.handshakesComingBack, name: from, points }];
    return (await takeAll(comingBack)) ? comingBack : null;
  }

  function mayStayOpen(from: string): boolean {
    const away = awayFrom(from);
    if ((unprovedFrom.get(from) ?? 0) >= enrolment.connections_per_address + away) return false;
    return away > 0 || unproved.size < enrolment.connections;
  }
  function isProved(key: string): void {
    const from = unproved.get(key);
    if (from === undefined) return;
    unproved.delete(key);
    const left = unprovedFrom.get(from)! - 1;
    if (left > 0) unprovedFrom.set(from, left);
    else unprovedFrom.delete(from);
  }
  function countOpen(key: string, from: string): void {
    unproved.set(key, from);
    unprovedFrom.set(from, (unprovedFrom.get(from) ?? 0) + 1);
  }

  function refuse(address: string, why: string): false {
    // Once a minute: a flood must not fill the disk as well.
    const isTime = now() - warnedAt > WARN_EVERY_MS;
    log[isTime ? 'warn' : 'debug']({ address }, `connection refused: ${why}`);
    if (isTime) warnedAt = now();
    return false;
  }

  return {
    async admit(socket) {
      const from = networkOf(peerAddress({ socket }));
      if (!mayStayOpen(from)) return refuse(from, 'too many are open without a certificate');
      const key = keyOf(socket);
      // Before anything is awaited, or a thousand that come at once would all find room.
      countOpen(key, from);
      socket.once('close', () => {
        counted.delete(key);
        isProved(key);
      });
      const charged = await charge(from);
      if (!charged) return refuse(from, 'too many without a certificate');
      counted.set(key, charged);
      if (await queue.enter(socket, homeOf(from) !== undefined)) return true;
      return socket.destroyed ? false : refuse(from, 'too many are waiting');
    },

    served: (socket) => queue.leave(socket),
    prove: (socket) => isProved(keyOf(socket)),

    async recognise({ socket }) {
      const key = keyOf(socket);
      isProved(key);
      const charged = counted.get(key);
      if (!charged) return;
      counted.delete(key);
      for (const { limit, name, points } of charged) await limit.giveBack(name, points);
      const from = networkOf(peerAddress({ socket }));
      const home = homes.get(from) ?? { seenAt: 0, hosts: 1, here: 0 };
      homes.delete(from);
      homes.set(from, Object.assign(home, { seenAt: now() }));
      if (homes.size > MOST_REMEMBERED) homes.delete(homes.keys().next().value!);
    },

    arrived(address) {
      const home = homes.get(networkOf(address));
      if (!home) return () => undefined;
      home.here++;
      home.hosts = Math.max(home.hosts, home.here);
      return () => void home.here--;
    },
    isBusy: () => queue.isBusy(),
    waiting: () => queue.waiting(),
  };
}

interface Charge {
  limit: Limit;
  name: string;
  points: number;
}

/** Takes of each, or nothing when one of them is used up. */
async function takeAll(charges: Charge[]): Promise<boolean> {
  for (const [i, { limit, name, points }] of charges.entries()) {
    try {
      await limit.take(name, points);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      for (const taken of charges.slice(0, i)) await taken.limit.giveBack(taken.name, taken.points);
      return false;
    }
  }
  return true;
}
