import { count } from 'drizzle-orm';
import { approval, type Approval } from '../../../agent/protocol';
import type { Database } from '../../../db/client';
import { hosts } from '../../../db/schema';
import { type EventBus, EVERY } from '../../events';
import type { Presence } from '../../presence/presence';
import type { HostState } from '../host-schema';

export type HostCounts = Record<HostState, number>;

/** A count is of one moment only if nothing was decided while it was taken: so often it is tried. */
const TRIES = 3;

/**
 * How many hosts are in each state. Counted once, and from then on kept by adding and subtracting what each event says,
 * because counting a large fleet takes longer than a decision does.
 */
export interface HostCountKeeper {
  get(): Promise<HostCounts>;
  /** Counts again, and takes over what differs: what another process decided, or a lost event. */
  confirm(): Promise<void>;
  /** Calls back after a change: with the counts as they are now, null before anybody has asked for them. */
  listen(listener: (now: HostCounts | null) => void): void;
}

type ByApproval = Record<Approval, number>;
const APPROVALS = approval.options;

export function createHostCounts({
  db,
  events,
  presence,
}: {
  db: Database;
  events: EventBus;
  presence: Presence;
}): HostCountKeeper {
  let kept: ByApproval | null = null;
  let counting: Promise<unknown> | null = null;
  let changes = 0;
  const listeners: ((now: HostCounts | null) => void)[] = [];

  const now = () => kept && byState(kept, presence.counts());
  function tell() {
    const counts = now();
    for (const listener of listeners) listener(counts);
  }

  function move(from: Approval | null, to: Approval | null) {
    changes++;
    if (kept && from) kept[from]--;
    if (kept && to) kept[to]++;
    tell();
  }
  events.listen('host.approval_changed', EVERY, ({ from, to }) => move(from, to));
  events.listen('host.deleted', EVERY, ({ from }) => move(from, null));
  events.listen('host.presence', EVERY, tell);

  /**
   * Hands over what the rows say and whether it is of one moment: a decision that comes in during a count may be in it
   * or not. What comes in after `use` is not in it.
   */
  async function recount<T>(use: (counted: ByApproval, isOfOneMoment: boolean) => T): Promise<T> {
    for (let tries = 1; ; tries++) {
      const before = changes;
      const counted = await countByApproval(db);
      if (changes === before || tries === TRIES) return use(counted, changes === before);
    }
  }

  const first = () => recount((counted) => (kept = counted));

  /** By how much each count is off; null when that cannot be said now. */
  const drift = () =>
    recount((counted, isOfOneMoment) => {
      if (!isOfOneMoment || !kept) return null;
      for (const approval of APPROVALS) counted[approval] -= kept[approval];
      return counted;
    });

  return {
    async get() {
      // A count that failed must not be the answer for ever.
      if (!kept) await (counting ??= first().finally(() => (counting = null)));
      return now()!;
    },
    async confirm() {
      if (!kept) return;
      // A decision may be committed whose event is yet to come. What is off by that is right the next time.
      const once = await drift();
      if (!once) return;
      const twice = await drift();
      if (!twice || APPROVALS.some((approval) => once[approval] !== twice[approval])) return;
      if (APPROVALS.every((approval) => twice[approval] === 0)) return;
      for (const approval of APPROVALS) kept[approval] += twice[approval];
      tell();
    },
    listen: (listener) => void listeners.push(listener),
  };
}

function byState(of: ByApproval, { up, down }: { up: number; down: number }): HostCounts {
  const { approved, pending, conflict, rejected, revoked } = of;
  return { up, down, never: Math.max(0, approved - up - down), pending, conflict, rejected, revoked };
}

async function countByApproval(db: Database): Promise<ByApproval> {
  const rows = await db.select({ approval: hosts.approval, n: count() }).from(hosts).groupBy(hosts.approval);
  const counts: ByApproval = { pending: 0, conflict: 0, approved: 0, rejected: 0, revoked: 0 };
  for (const { approval, n } of rows) counts[approval] = n;
  return counts;
}
