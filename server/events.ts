import { EventEmitter } from 'node:events';

/** Everything that one part of the server tells the others. Emitted after commit: a listener must never see a row that can still roll back. */
export interface Events {
  /** It is new, or was approved, rejected or revoked. */
  'host.approval_changed': { hostId: string };
  /** What it says of itself changed. */
  'host.changed': { hostId: string };
  /** The row is gone. */
  'host.deleted': { hostId: string };
  /** The host may not be connected any more; whoever holds its socket closes it now. */
  'host.access_withdrawn': { hostId: string };
  /** A copy of it was seen, or a person has decided on one. */
  'host.clone_changed': { hostId: string };
  /** Of the machines that are connected as this host, all but the one of the kept connection are to become others. */
  'host.split': { hostId: string; kept: string };
  /** One certificate of the host counts no more, because another took its place. */
  'certificate.superseded': { hostId: string; serial: string };
  /** These hosts, or all, are to renew their certificates, each at a moment of its own within so many seconds. */
  'hosts.renewal_requested': { hostIds: ReadonlySet<string> | 'all'; withinSeconds: number };
  /** It came up or went down. */
  'host.presence': { hostId: string };
  'host.sampled': { hostId: string };
  /** A browser session ended; its live streams end with it. */
  'session.ended': { sessionId: string };
  /**
   * An administrator changed what they may do or what they are called: their streams end, and begin anew. What people say of themselves, their own name and language, is in no stream and is not told.
   */
  'user.changed': { userId: string };
}

export interface EventBus {
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
  /** Returns the function that stops listening. */
  listen<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
}

/** The bus of a single process. Several processes will share one of the same shape. */
export function createEventBus(): EventBus {
  const emitter = new EventEmitter();
  // One listener a connected agent and an open page: thousands are normal, and Node's warning at 11 would be noise.
  emitter.setMaxListeners(0);
  return {
    emit: (name, event) => void emitter.emit(name, event),
    listen(name, listener) {
      emitter.on(name, listener);
      return () => emitter.off(name, listener);
    },
  };
}
