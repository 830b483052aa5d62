import { isDeepStrictEqual } from 'node:util';
import type { LockSettings } from '../commands/lock';
import type { Arguments } from '../process/arguments';
import { parseServerAddress, writeServerAddress } from '../server-address';
import { serversOf, type Settings } from '../state/settings';
import { type Configuration, documentOf, type Leaf, leavesOf, SECRET_KEYS } from './schema';

/** What was decided on this machine itself. No server overrides it. */
export interface Own {
  /**
   * What agent.yaml or the command line sets. Where the server wants something else, it is drift unless it is locked.
   */
  values: Configuration;
  /**
   * Keys that are the owner's to decide: what the server wants of them does not count, and nothing of them is drift.
   */
  lock: readonly string[];
  /**
   * Where agent.yaml says that the server is, which its next start begins with; absent where that start is told so by
   * the command line, or looks for one itself.
   */
  addresses?: readonly string[];
  /** What it lets be commanded; absent where it says nothing of it. No server widens it. */
  commands?: LockSettings;
  /**
   * What it says of itself, each once, in the order of the file; absent for none. No server sets them: they are no
   * drift.
   */
  tags?: readonly string[];
}

/**
 * What agent.yaml sets and locks. Locked, too, is what the command line says, for each start says it again, and the
 * proxy, which is a machine's way to the server.
 */
export function ownOf(
  given: Partial<Pick<Arguments, 'logLevel' | 'discoveryInterfaces' | 'server'>>,
  stored: Settings,
): Own {
  const { log, heartbeat, collectors, discovery, log_level: logLevel } = stored;
  const values = leavesOf({ log, heartbeat, collectors });
  const set = (key: string, value: Leaf | undefined) => {
    if (value !== undefined) values.set(key, value);
  };
  set('log.level', logLevel);
  set('discovery.interfaces', discovery?.interfaces);
  const way = new Map([
    ['server.proxy', stored.proxy],
    ['server.proxy_user', stored.proxy_user],
    ['server.proxy_password', stored.proxy_password],
  ]);
  for (const [key, value] of way) set(key, value);
  const said = new Map<string, Leaf | undefined>([
    ['log.level', given.logLevel],
    ['discovery.interfaces', given.discoveryInterfaces],
  ]);
  for (const [key, value] of said) set(key, value);
  const saidKeys = [...said].flatMap(([key, value]) => (value === undefined ? [] : [key]));
  // Taken back, it could not be confirmed: a machine that has no other way to the server would be lost.
  const wayKeys = [...way.values()].some((value) => value !== undefined) ? way.keys() : [];
  const addresses = given.server || stored.server_found !== undefined ? [] : serversOf(stored).map(writeServerAddress);
  const tags = [...new Set(stored.tags)];
  return {
    values: documentOf(values),
    lock: [...(stored.lock ?? []), ...saidKeys, ...wayKeys],
    ...(addresses.length > 0 && { addresses }),
    ...(stored.commands && { commands: stored.commands }),
    ...(tags.length > 0 && { tags }),
  };
}

export const lockedBy = ({ lock }: Own): string[] => [...new Set(lock)].sort();

/** What is done, when that document is the server's. */
export function inForceOf(document: Configuration, own: Own): Configuration {
  const fromServer = [...leavesOf(document)].filter(([key]) => !own.lock.includes(key));
  return documentOf(new Map([...fromServer, ...leavesOf(own.values)]));
}

/**
 * What agent.yaml sets, without secrets. Of where the server is, only what is not what this machine has confirmed of
 * the server: the file has those addresses, too, in the order in which they worked.
 */
export function localOf({ values, addresses }: Own, confirmed: Configuration): Map<string, Leaf> {
  const local = new Map([...leavesOf(values)].filter(([key]) => !SECRET_KEYS.includes(key)));
  const wanted = confirmed.server?.addresses;
  if (addresses && wanted && !isDeepStrictEqual(hostsOf(addresses), hostsOf(wanted))) local.set(ADDRESSES, addresses);
  return local;
}

/** The key that agent.yaml calls `server` and `servers`. */
export const ADDRESSES = 'server.addresses';

const hostsOf = (addresses: readonly string[]) => new Set(addresses.map((one) => parseServerAddress(one).host));
