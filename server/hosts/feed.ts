import { count } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Sample } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { hosts } from '../../db/schema';
import { type EventBus, EVERY } from '../events';
import type { HostRow, HostState } from './host-schema';
import type { Presence } from '../presence/presence';

/** What a page that shows hosts is told. Each change carries the whole of what it changes, so applying one twice does no harm. */
export type LiveChange =
  | { kind: 'host'; host: HostRow }
  | { kind: 'sample'; hostId: string; sample: Sample }
  | { kind: 'gone'; hostId: string }
  | { kind: 'counts'; counts: HostCounts }
  /** The page was away longer than this server remembers: load the snapshot again. */
  | { kind: 'reload' };

export type HostCounts = Record<HostState, number>;

/** Registrations, decisions and deletions remembered for pages that were away. */
const KEPT_NEWS = 10_000;

/** What changed after a cursor, for one page. */
export interface Diff {
  /** Rows to read again. */
  rows: string[];
  samples: string[];
  gone: string[];
}

/**
 * Which host changed when, as a counter rather than a queue: a page asks what is newer than what it has. However slow
 * the page, nothing piles up for it, and a thousand changes of one host are one.
 */
export interface HostFeed {
  /** The present moment. A snapshot read after taking it, and the diff since it, leave no gap. */
  cursor(): string;
  /** Null when the cursor is another server's or older than what is kept. */
  diff(cursor: string, watched: ReadonlySet<string>): Diff | null;
  /** Calls back when anything changed; returns the function that stops it. */
  listen(listener: () => void): () => void;
  counts(): Promise<HostCounts>;
}

export function createHostFeed({
  db,
  events,
  presence,
}: {
  db: Database;
  events: EventBus;
  presence: Presence;
}): HostFeed {
  const epoch = uuidv7();
  let now = 0;
  const rowChanged = new Map<string, number>();
  const sampled = new Map<string, number>();
  /** What every page is told, whichever hosts it watches: it changes what waits for a decision. Oldest first. */
  const news: { at: number; hostId: string; kind: 'row' | 'gone' }[] = [];
  let forgotten = 0;
  const listeners = new Set<() => void>();
  let approvals: Promise<Map<string, number>> | null = null;

  function tell() {
    for (const listener of listeners) listener();
  }
  function announce(hostId: string, kind: 'row' | 'gone') {
    news.push({ at: ++now, hostId, kind });
    if (news.length >= 2 * KEPT_NEWS) forgotten = news.splice(0, KEPT_NEWS).at(-1)!.at;
    approvals = null;
    tell();
  }

  events.listen('host.approval_changed', EVERY, ({ hostId }) => announce(hostId, 'row'));
  events.listen('host.clone_changed', EVERY, ({ hostId }) => announce(hostId, 'row'));
  events.listen('host.deleted', EVERY, ({ hostId }) => {
    rowChanged.delete(hostId);
    sampled.delete(hostId);
    announce(hostId, 'gone');
  });
  for (const name of ['host.changed', 'host.presence'] as const) {
    events.listen(name, EVERY, ({ hostId }) => {
      rowChanged.set(hostId, ++now);
      tell();
    });
  }
  events.listen('host.sampled', EVERY, ({ hostId }) => {
    sampled.set(hostId, ++now);
    tell();
  });

  return {
    cursor: () => `${epoch}.${now}`,
    diff(cursor, watched) {
      const [from, text] = cursor.split('.');
      const since = Number(text);
      if (from !== epoch || !(since >= forgotten && since <= now)) return null;
      const newer = (changes: Map<string, number>) => [...watched].filter((id) => (changes.get(id) ?? 0) > since);
      const rows = new Set(newer(rowChanged));
      const gone = new Set<string>();
      for (let i = news.length - 1; i >= 0 && news[i]!.at > since; i--) {
        (news[i]!.kind === 'gone' ? gone : rows).add(news[i]!.hostId);
      }
      // A row carries its sample.
      return { rows: [...rows], samples: newer(sampled).filter((id) => !rows.has(id)), gone: [...gone] };
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async counts() {
      approvals ??= countByApproval(db);
      // A failed count must not be the answer for ever.
      const of = await approvals.catch((error: unknown) => {
        approvals = null;
        throw error;
      });
      const { up, down } = presence.counts();
      return {
        up,
        down,
        never: Math.max(0, (of.get('approved') ?? 0) - up - down),
        pending: of.get('pending') ?? 0,
        conflict: of.get('conflict') ?? 0,
        rejected: of.get('rejected') ?? 0,
        revoked: of.get('revoked') ?? 0,
      };
    },
  };
}

async function countByApproval(db: Database): Promise<Map<string, number>> {
  const rows = await db.select({ approval: hosts.approval, n: count() }).from(hosts).groupBy(hosts.approval);
  return new Map(rows.map(({ approval, n }) => [approval, n]));
}
