import type { X509Certificate } from 'node:crypto';
import { askListener, type ListenerAddress } from '../certificates/served/ask-listener';

/** `agents` is the API listener; `web` is the pages', which has a certificate only where one is configured. */
export type ListenerName = 'agents' | 'web';

/** The TLS listeners of this process, for whoever wants to know what they serve. */
export interface Listeners {
  /** Called once it listens. */
  add(name: ListenerName, address: ListenerAddress): void;
  addresses(): ReadonlyMap<ListenerName, ListenerAddress>;
  /** What the listener serves now, asked of it; null when there is no such listener. @throws when it does not answer */
  served(name: ListenerName): Promise<X509Certificate | null>;
}

export function createListeners(): Listeners {
  const addresses = new Map<ListenerName, ListenerAddress>();
  return {
    add: (name, address) => void addresses.set(name, address),
    addresses: () => addresses,
    async served(name) {
      const address = addresses.get(name);
      return address ? askListener(address) : null;
    },
  };
}
