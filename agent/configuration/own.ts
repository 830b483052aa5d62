import type { Arguments } from '../process/arguments';
import type { Settings } from '../state/settings';
import { type Configuration, documentOf, type Leaf, leavesOf } from './schema';

/** What was decided on this machine itself. No server overrides it. */
export interface Own {
  /** What agent.yaml or the command line sets. Where the server wants something else, it is drift unless it is locked. */
  values: Configuration;
  /** Keys that are the owner's to decide: what the server wants of them does not count, and nothing of them is drift. */
  lock: readonly string[];
}

/**
 * What agent.yaml sets and locks. Locked, too, is what the command line says, for each start says it again, and the
 * proxy, which is a machine's way to the server.
 */
export function ownOf(given: Pick<Arguments, 'logLevel' | 'discoveryInterfaces'>, stored: Settings): Own {
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
  return { values: documentOf(values), lock: [...(stored.lock ?? []), ...saidKeys, ...wayKeys] };
}

export const lockedBy = ({ lock }: Own): string[] => [...new Set(lock)].sort();

/** What is done, when that document is the server's. */
export function inForceOf(document: Configuration, own: Own): Configuration {
  const fromServer = [...leavesOf(document)].filter(([key]) => !own.lock.includes(key));
  return documentOf(new Map([...fromServer, ...leavesOf(own.values)]));
}
