import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostPresence, hosts } from '../../db/schema';
import type { Reports } from '../agents/reports';
import { type EventBus, EVERY } from '../events';
import { type Log, logFailure } from '../log';
import type { GroupCommit } from '../process/group-commit';

export type DownReason = NonNullable<(typeof hostPresence.$inferSelect)['reason']>;

export interface Liveness {
  state: 'up' | 'down';
  since: Date;
  /** Why it is down; null while up. */
  reason: DownReason | null;
  lastSeen: Date;
}

/** How often what changed is written: of a host that comes and goes, its last state. */
const FLUSH_MS = 1000;

/** While a host is up, its row says so however old its `last_seen` is: for that alone it is written no more often. */
const SEEN_EVERY_MS = 60_000;

/** A machine that comes back at once needs two round trips and a handshake; under load, a few seconds. */
const RETURN_MS = 10_000;

/** Who is connected. Lives in memory, where a heartbeat is an assignment; reaches the database in batches. */
export interface Presence {
  get(hostId: string): Liveness | undefined;
  /** A host's connection is open, from this address. */
  up(hostId: string, address?: string): void;
  /** Something came from it. */
  seen(hostId: string): void;
  down(hostId: string, reason: DownReason): void;
  /** It closed its connection and said that it comes back at once: it is down only when it does not. */
  returning(hostId: string): void;
  counts(): { up: number; down: number };
  /**
   * Writes what is still unwritten and stops. Connected hosts stay `up` in the database: the next start gives them time
   * to return.
   */
  stop(): Promise<void>;
}

/**
 * After the grace, while hosts come back at all: with so long a pause between two of them, those that are missing are.
 */
const PAUSE_MS = 10_000;
/** In graces: somebody who keeps the door busy for ever must not hide what is gone. */
const LONGEST_WAIT = 10;

/**
 * Takes up what the database knows. A host that was up and has not come back within `graceMs` is then marked down:
 * until that moment nobody knows better, and a restart must not ring every alarm. While the door still works off those
 * who come back, the grace goes on.
 * @param isDoorBusy whether hosts wait to be let in
 */
export async function startPresence({
  db,
  events,
  log,
  writer,
  reports,
  graceMs,
  isDoorBusy = () => false,
  returnMs = RETURN_MS,
  seenEveryMs = SEEN_EVERY_MS,
}: {
  db: Database;
  events: EventBus;
  log: Log;
  writer: GroupCommit;
  reports: Reports;
  graceMs: number;
  isDoorBusy?: () => boolean;
  returnMs?: number;
  seenEveryMs?: number;
}): Promise<Presence> {
  const entries = new Map<string, Liveness>();
  /** When a host that only goes on being seen is to be written next (`performance.now()`). */
  const seenDue = new Map<string, number>();
  /** How each host is now, by its id: a thousand changes of one are one, and as much waits as there are hosts. */
  const unwritten = writer.lane<string>({
    merge: { keyOf: (hostId) => hostId, into: (hostId) => hostId },
    everyMs: FLUSH_MS,
    commit: write,
    onFailure: (error) => logFailure(log, 'presence was not written; trying again', error),
  });
  /** A row that is at fault by itself was told to nobody else. */
  const mark = (hostId: string) =>
    void unwritten.add(hostId).catch((error: unknown) => logFailure(log, 'presence cannot be written', error));
  const expected = new Set<string>();
  /** Where hosts connected from, until it is written. */
  const addresses = new Map<string, string>();
  const returns = new Map<string, NodeJS.Timeout>();
  const hasReturned = (hostId: string) => {
    clearTimeout(returns.get(hostId));
    returns.delete(hostId);
  };
  let up = 0;

  const rows = await db
    .select({ presence: hostPresence })
    .from(hostPresence)
    .innerJoin(hosts, and(eq(hosts.id, hostPresence.hostId), eq(hosts.approval, 'approved')));
  for (const { presence } of rows) {
    const { hostId, address: _address, ...entry } = presence;
    entries.set(hostId, entry);
    if (entry.state !== 'up') continue;
    up++;
    expected.add(hostId);
  }

  function change(hostId: string, entry: Liveness) {
    const before = entries.get(hostId)?.state;
    if (before === 'up') up--;
    if (entry.state === 'up') up++;
    entries.set(hostId, entry);
    mark(hostId);
    if (before !== entry.state) {
      reports
        .happening({ hostId, at: entry.since, kind: entry.state, detail: entry.reason })
        .catch((error: unknown) => logFailure(log, 'an up or down is missing in the history', error));
    }
    const { state, since, reason, lastSeen } = entry;
    events.emit('host.presence', {
      hostId,
      state,
      since: since.toISOString(),
      reason,
      lastSeen: lastSeen.toISOString(),
    });
  }

  // A host that may not connect is neither up nor down. Its socket closes after this and finds no entry to mark.
  events.listen('host.access_withdrawn', EVERY, ({ hostId }) => {
    if (entries.get(hostId)?.state === 'up') up--;
    entries.delete(hostId);
    expected.delete(hostId);
    hasReturned(hostId);
    seenDue.delete(hostId);
    addresses.delete(hostId);
  });

  const startedAt = performance.now();
  const pauseMs = Math.min(PAUSE_MS, graceMs);
  let lastReturn = -Infinity;
  function doReturn(): boolean {
    const now = performance.now();
    if (isDoorBusy()) lastReturn = now;
    return expected.size > 0 && lastReturn + pauseMs > now && now < startedAt + LONGEST_WAIT * graceMs;
  }
  let grace = setTimeout(endGrace, graceMs);
  function endGrace() {
    if (doReturn()) return void (grace = setTimeout(endGrace, pauseMs / 10));
    for (const hostId of expected) {
      const entry = entries.get(hostId)!;
      change(hostId, { ...entry, state: 'down', since: entry.lastSeen, reason: 'server_restart' });
    }
    expected.clear();
  }

  async function write(ids: string[]): Promise<void> {
    // Whoever lost access meanwhile has no entry.
    const batch = ids.flatMap((hostId) => {
      const entry = entries.get(hostId);
      return entry ? [{ hostId, address: addresses.get(hostId), ...entry }] : [];
    });
    if (batch.length > 0) await writePresence(db, batch);
    // Spread anew each time: a fleet that came back together is not to be written together ever after.
    const now = performance.now();
    for (const { hostId, address } of batch) {
      seenDue.set(hostId, now + seenEveryMs * (1 + Math.random()));
      if (address === addresses.get(hostId)) addresses.delete(hostId);
    }
  }

  function down(hostId: string, reason: DownReason) {
    const entry = entries.get(hostId);
    if (entry?.state !== 'up') return;
    expected.delete(hostId);
    change(hostId, { state: 'down', since: new Date(), reason, lastSeen: entry.lastSeen });
  }

  return {
    get: (hostId) => entries.get(hostId),
    up(hostId, address) {
      const now = new Date();
      if (address) addresses.set(hostId, address);
      const entry = entries.get(hostId);
      hasReturned(hostId);
      // Back within the grace: it never was down, so it has been up since before the server's restart.
      const isBack = expected.delete(hostId);
      if (isBack) lastReturn = performance.now();
      const since = isBack && entry ? entry.since : now;
      if (entry?.state === 'up') Object.assign(entry, { lastSeen: now });
      else change(hostId, { state: 'up', since, reason: null, lastSeen: now });
      mark(hostId);
    },
    seen(hostId) {
      const entry = entries.get(hostId);
      if (!entry) return;
      entry.lastSeen = new Date();
      if ((seenDue.get(hostId) ?? 0) <= performance.now()) mark(hostId);
    },
    down,
    returning(hostId) {
      if (entries.get(hostId)?.state !== 'up') return;
      hasReturned(hostId);
      const timer = setTimeout(() => {
        returns.delete(hostId);
        down(hostId, 'closed');
      }, returnMs);
      returns.set(hostId, timer);
    },
    counts: () => ({ up, down: entries.size - up }),
    async stop() {
      clearTimeout(grace);
      for (const timer of returns.values()) clearTimeout(timer);
      for (const [hostId, { state }] of entries) if (state === 'up' && !expected.has(hostId)) mark(hostId);
      // What fails has been logged.
      await Promise.allSettled([unwritten.flush(), reports.flush()]);
    },
  };
}

/**
 * One statement for any number of hosts. Those deleted or turned away meanwhile fall out by the join instead of failing
 * the batch. Of those that go up or down the row in `host` is locked first, in the order of the ids, because a trigger
 * writes it (docs/decisions/0020): an act on the host, which locks it first too, would else wait for this and this for
 * it.
 */
async function writePresence(db: Database, batch: ({ hostId: string; address?: string } & Liveness)[]): Promise<void> {
  await db.execute(sql`
    with r as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb)
        as r("hostId" uuid, state text, since timestamptz, reason text, "lastSeen" timestamptz, address text)
    ), locked as materialized (
      select host.id from r join host on host.id = r."hostId"
      where host.approval = 'approved' and host.last_seen <> (case r.state when 'up' then 'infinity' else r."lastSeen" end)::timestamptz(3)
      order by host.id for no key update of host
    )
    insert into host_presence (host_id, state, since, reason, last_seen, address)
    select r."hostId", r.state, r.since, r.reason, r."lastSeen", r.address
    from (select count(*) from locked) as first
    cross join r
    join host on host.id = r."hostId" and host.approval = 'approved'
    on conflict (host_id) do update
      set state = excluded.state, since = excluded.since, reason = excluded.reason, last_seen = excluded.last_seen,
        address = coalesce(excluded.address, host_presence.address)`);
}
