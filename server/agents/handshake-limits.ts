import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { desc, eq, max } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hosts } from '../../db/schema';
import { peerAddress } from '../http/client-address';
import { AppError } from '../errors';
import { EVERYBODY, type Limit, type Limits, networkOf } from '../limits';
import type { Log } from '../log';

/** How long an address counts as one that hosts of ours connect from, after the last of them did. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Addresses remembered; the one whose host was here longest ago is forgotten first. */
const MOST_REMEMBERED = 100_000;

const WARN_EVERY_MS = 60_000;

/** Who may begin a TLS handshake, of all that anybody may ask of us what costs most. See docs/decisions/0011. */
export interface HandshakeLimits {
  /** Counts a connection against its address before TLS begins. */
  admit(socket: Socket): Promise<boolean>;
  /** It is an approved host's: uncounts it, and keeps its address in good memory. */
  recognise(request: IncomingMessage): Promise<void>;
}

/** Where approved hosts registered from, those that joined last first: what is known of them after a start. */
export async function findHostAddresses(db: Database): Promise<string[]> {
  const rows = await db
    .select({ address: hosts.registeredFrom })
    .from(hosts)
    .where(eq(hosts.approval, 'approved'))
    .groupBy(hosts.registeredFrom)
    .orderBy(desc(max(hosts.registeredAt)))
    .limit(MOST_REMEMBERED);
  return rows.map(({ address }) => address);
}

/** @param hostsFrom addresses in good memory from the start, as `findHostAddresses` gives them */
export function createHandshakeLimits({ limits, log, hostsFrom }: { limits: Limits; log: Log; hostsFrom: string[] }, now = Date.now): HandshakeLimits {
  /** When a host of ours was last recognised there, the longest ago first. */
  const hostsSeen = new Map([...hostsFrom].reverse().map((address) => [networkOf(address), now()]));
  /** What each connection was counted against, until it is recognised. Keyed by the TCP ports: TLS wraps the socket. */
  const counted = new Map<string, [Limit, string][]>();
  let warnedAt = 0;

  async function charge(from: string): Promise<[Limit, string][] | null> {
    const strangers: [Limit, string][] = [
      // First what all share: in the other order each address of a flood would leave a record of itself for a minute,
      // however little there is left to take.
      [limits.handshakes, EVERYBODY],
      [limits.handshakesFrom, from],
    ];
    if (await takeAll(strangers)) return strangers;
    // Before the handshake a stranger and a host behind one address cannot be told apart: where hosts are, there is more.
    const besideHosts: [Limit, string][] = [[limits.handshakesBesideHosts, from]];
    const seen = hostsSeen.get(from);
    return seen !== undefined && seen + REMEMBERED_MS > now() && (await takeAll(besideHosts)) ? besideHosts : null;
  }

  return {
    async admit(socket) {
      const from = networkOf(peerAddress({ socket }));
      const charged = await charge(from);
      if (!charged) {
        // Once a minute: a flood must not fill the disk as well.
        log[now() - warnedAt > WARN_EVERY_MS ? 'warn' : 'debug']({ address: from }, 'connection refused: too many without a certificate');
        if (now() - warnedAt > WARN_EVERY_MS) warnedAt = now();
        return false;
      }
      const key = keyOf(socket);
      counted.set(key, charged);
      socket.once('close', () => counted.delete(key));
      return true;
    },

    async recognise({ socket }) {
      const key = keyOf(socket);
      const charged = counted.get(key);
      if (!charged) return;
      counted.delete(key);
      for (const [limit, name] of charged) await limit.giveBack(name);
      const from = networkOf(peerAddress({ socket }));
      hostsSeen.delete(from);
      hostsSeen.set(from, now());
      if (hostsSeen.size > MOST_REMEMBERED) hostsSeen.delete(hostsSeen.keys().next().value!);
    },
  };
}

/** Takes one of each, or none when one of them is used up. */
async function takeAll(charges: [Limit, string][]): Promise<boolean> {
  for (const [i, [limit, name]] of charges.entries()) {
    try {
      await limit.take(name);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      for (const [taken, itsName] of charges.slice(0, i)) await taken.giveBack(itsName);
      return false;
    }
  }
  return true;
}

const keyOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress}|${remotePort}`;
