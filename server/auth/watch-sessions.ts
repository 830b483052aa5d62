import { setTimeout } from 'node:timers/promises';
import { eq, inArray } from 'drizzle-orm';
import { sessions, users } from '../../db/schema';
import { logFailure } from '../log';
import type { Services } from '../services';
import type { Session } from './session';

/**
 * Shutting somebody out is to count within a second, whichever process it was done in: the query takes its part of it.
 */
const EVERY_MS = 500;
/** For one look. Its connection may be dead and say nothing for minutes, while another would answer. */
const PATIENCE_MS = 1000;
/** Looks that are given up and still hold a connection. */
const MAX_STUCK = 3;

const { role, grantsVersion } = users;

interface Watcher {
  session: Session;
  /** It has expired, was ended, or its user was shut out. */
  onEnd: () => void;
  /** Its user has another role than when it began, or something else is granted to them. */
  onChange: () => void;
}

/** Sessions of what is open for long and asks for nothing by itself. */
interface WatchedSessions {
  /** Tells once, within a second. Returns the function that stops watching. */
  watch(watcher: Watcher): () => void;
}

/**
 * Looks twice a second at the rows of all watched sessions, by one query on their primary keys, for as long as there
 * are any: what another process did, or time, is told by no event. Looking prolongs nothing (docs/accounts.md).
 */
export function watchSessions({ db, log }: Pick<Services, 'db' | 'log'>): WatchedSessions {
  const watchers = new Set<Watcher>();
  let isLooking = false;
  let stuck = 0;

  async function look(): Promise<void> {
    const ids = new Set([...watchers].map(({ session }) => session.id));
    const rows = await db
      .select({
        id: sessions.id,
        expiresAt: sessions.expiresAt,
        role,
        grantsVersion,
        deactivatedAt: users.deactivatedAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(inArray(sessions.id, [...ids]));
    const known = new Map(rows.map((row) => [row.id, row]));
    const now = new Date();
    for (const watcher of watchers) {
      const { id, user } = watcher.session;
      // One that began during the query was looked at as it began.
      if (!ids.has(id)) continue;
      const row = known.get(id);
      const isOver = !row || row.expiresAt <= now || row.deactivatedAt !== null;
      if (!isOver && row.role === user.role && row.grantsVersion === user.grantsVersion) continue;
      watchers.delete(watcher);
      if (isOver) watcher.onEnd();
      else watcher.onChange();
    }
  }

  /** Throws when it takes too long. Whatever it finds later it still tells. */
  async function lookInTime(): Promise<void> {
    const looking = look();
    const isOver = await Promise.race([looking.then(() => true), setTimeout(PATIENCE_MS, false, { ref: false })]);
    if (isOver) return;
    stuck++;
    // Why it fails after that is what has been said already.
    looking.catch(() => undefined).finally(() => stuck--);
    throw new Error(`no answer within ${PATIENCE_MS} ms`);
  }

  async function keepLooking(): Promise<void> {
    isLooking = true;
    // The pause keeps no process from ending: the sockets do that.
    for (; watchers.size > 0; await setTimeout(EVERY_MS, undefined, { ref: false })) {
      if (stuck >= MAX_STUCK) continue;
      try {
        await lookInTime();
      } catch (error) {
        // Nobody is let in by it: what a page asks for needs the database too.
        logFailure(log, 'the sessions of open pages could not be checked', error);
      }
    }
    isLooking = false;
  }

  return {
    watch(watcher) {
      watchers.add(watcher);
      if (!isLooking) void keepLooking();
      return () => void watchers.delete(watcher);
    },
  };
}
