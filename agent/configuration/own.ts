import { type Configuration, documentOf, leavesOf } from './schema';

/** What this machine's owner decided on the machine itself. No server can override it, and it is no drift. */
export interface Own {
  /** What agent.yaml or the command line sets. */
  values: Configuration;
  /** What the server cannot set, although nothing is set here. */
  lock: readonly string[];
}

/** Every key that is the owner's. */
export const lockedBy = ({ values, lock }: Own): string[] => [...new Set([...leavesOf(values).keys(), ...lock])].sort();

/** What is done, when that document is the server's. */
export function inForceOf(document: Configuration, own: Own): Configuration {
  const locked = new Set(lockedBy(own));
  const fromServer = [...leavesOf(document)].filter(([key]) => !locked.has(key));
  return documentOf(new Map([...fromServer, ...leavesOf(own.values)]));
}
