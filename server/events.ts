import { EventEmitter } from 'node:events';
import type { Approval, InboxItem, Sample } from '../agent/protocol';
import type { commandRuns, hostPresence } from '../db/schema';

/** What is the same after `JSON.parse(JSON.stringify(it))`: an event goes to other processes too. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/**
 * Everything that one part of the server tells the others. Emitted after commit: a listener must never see a row that
 * can still roll back.
 */
export interface Events {
  /** It is new (`from` is null), or was approved, rejected or revoked. */
  'host.approval_changed': { hostId: string; from: Approval | null; to: Approval };
  /** What it says of itself changed. */
  'host.changed': { hostId: string };
  /** What is wanted of its configuration changed, or how it says that it is configured. */
  'host.configured': { hostId: string };
  /** The row is gone; `from` is what it was. */
  'host.deleted': { hostId: string; from: Approval };
  /** The host may not be connected any more; whoever holds its socket closes it now. */
  'host.access_withdrawn': { hostId: string };
  /** It may be in other fleets now, or in one in another way. */
  'host.fleets_changed': { hostId: string };
  /**
   * Who is in which fleet, or what fleets are called or give their hosts, is another than before, by whichever process.
   */
  'fleets.changed': { version: string };
  /** A copy of it was seen, or a person has decided on one. */
  'host.clone_changed': { hostId: string };
  /** Of the machines that are connected as this host, all but the one of the kept connection are to become others. */
  'host.split': { hostId: string; kept: string };
  /** One certificate of the host counts no more, because another took its place. */
  'certificate.superseded': { hostId: string; serial: string };
  /** There may be something else of that kind to tell it: whoever holds a connection of it asks the kind's source. */
  'inbox.changed': { hostId: string; kind: InboxItem['kind'] };
  /** It came up or went down. */
  'host.presence': { hostId: string; state: 'up' | 'down'; since: string; reason: DownReason; lastSeen: string };
  'host.sampled': { hostId: string; sample: Sample };
  /** It has not measured for three intervals: its last sample is what it was like. */
  'host.stale': { hostId: string };
  /** It was started or cancelled, or more of its hosts are done. */
  'job.changed': { jobId: string };
  /** It is well, or ill in another way. */
  'host.health': {
    hostId: string;
    health: { state: 'ok' | 'warning' | 'critical'; reason: string | null; since: string };
  };
  /** Somebody has said anew when hosts are ill. */
  'health.rules_changed': { by: string };
  /** Somebody has switched it on or off, for all processes. */
  'discovery.switched': { by: string };
  /** Something of these runs changed, or the command is new. `state` is absent where that is what it was. */
  'command.changed': { commandId: string; runs: { hostId: string; state?: RunState }[] };
  /** A run wrote this; `data` is base64. */
  'command.output': { commandId: string; hostId: string; offset: number; stream: 'stdout' | 'stderr'; data: string };
  /** A browser session ended; its live streams end with it. */
  'session.ended': { sessionId: string };
  /**
   * An administrator changed what they may do or what they are called: their streams end, and begin anew. What people
   * say of themselves, their own name and language, is in no stream and is not told.
   */
  'user.changed': { userId: string };
}

type RunState = (typeof commandRuns.$inferSelect)['state'];
type DownReason = (typeof hostPresence.$inferSelect)['reason'];

/**
 * The fields that may be the key of an event; none where the event is not plain, so that such an event has no entry
 * below.
 */
type KeyOf<Event> = Event extends Plain
  ? { [Key in keyof Event]: Event[Key] extends string ? Key : never }[keyof Event]
  : never;

/** Which field says what an event is about. Name and key are its subject. */
const KEYS: { readonly [Name in keyof Events]: KeyOf<Events[Name]> } = {
  'host.approval_changed': 'hostId',
  'host.changed': 'hostId',
  'host.configured': 'hostId',
  'host.deleted': 'hostId',
  'host.access_withdrawn': 'hostId',
  'host.fleets_changed': 'hostId',
  'fleets.changed': 'version',
  'host.clone_changed': 'hostId',
  'host.split': 'hostId',
  'certificate.superseded': 'hostId',
  'inbox.changed': 'hostId',
  'host.presence': 'hostId',
  'host.sampled': 'hostId',
  'host.stale': 'hostId',
  'job.changed': 'jobId',
  'host.health': 'hostId',
  'health.rules_changed': 'by',
  'discovery.switched': 'by',
  'command.changed': 'commandId',
  'command.output': 'commandId',
  'session.ended': 'sessionId',
  'user.changed': 'userId',
};

export const EVENT_NAMES = Object.keys(KEYS) as (keyof Events)[];

/** In place of a key: every event of that name. A symbol, because keys come from outside too. */
export const EVERY: unique symbol = Symbol('every key');

export interface EventBus {
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
  /**
   * What there are thousands of, a connected agent or an open page, listens to its own key: an event then costs what
   * its listeners cost, however many others there are. Returns the function that stops listening.
   */
  listen<Name extends keyof Events>(
    name: Name,
    key: string | typeof EVERY,
    listener: (event: Events[Name]) => void,
  ): () => void;
}

/** The bus of a single process. Several processes will share one of the same shape. */
export function createEventBus(): EventBus {
  const emitter = new EventEmitter();
  // Thousands may listen to one key, too, and Node's warning at 11 would be noise.
  emitter.setMaxListeners(0);
  return {
    emit(name, event) {
      emitter.emit(name, event);
      emitter.emit(subjectOf(name, event[KEYS[name]] as string), event);
    },
    listen(name, key, listener) {
      const subject = key === EVERY ? name : subjectOf(name, key);
      // A function of its own for each: one that listens twice stops one at a time.
      const hear: typeof listener = (event) => listener(event);
      emitter.on(subject, hear);
      return () => void emitter.off(subject, hear);
    },
  };
}

const subjectOf = (name: keyof Events, key: string) => `${name}.${key}`;
