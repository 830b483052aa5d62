import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { type Trouble, troubleOf } from '../../db/errors';
import { type Log, logFailure } from '../log';

/** Null when this process serves, else why not, in words for whoever asks: anybody may. */
export type Readiness = () => Promise<string | null>;

/** Longer than this nobody waits for a page, either, in ms. */
const PATIENCE_MS = 3000;
/** How long the answer to whether there is room holds, in ms: finding out writes. */
const ROOM_MS = 30_000;

const WORDS: Record<Trouble, string> = {
  lost: 'the database is gone; the log says what to do',
  full: 'the disk of the database is full',
  busy: 'the database has no connection left',
  away: 'the database does not answer',
};

/**
 * @param deps.log told of what stands in the way, once a minute
 * @param deps.isShared PostgreSQL's, on a disk that we do not see: only writing shows whether it is full
 */
export function createReadiness({ db, log, isShared }: { db: Database; log: Log; isShared: boolean }): Readiness {
  let hadRoomAt = -Infinity;
  let looking: Promise<string | null> | undefined;

  async function look() {
    await db.execute(sql`select 1`);
    if (!isShared || performance.now() - hadRoomAt < ROOM_MS) return;
    // What fits on a page that is there says nothing, only new ones do. Unlogged: room in the log is not ours to spend.
    await db.execute(sql`do $$ begin
      create unlogged table sysmanage_room as select generate_series(1, 2000);
      drop table sysmanage_room;
    end $$`);
    hadRoomAt = performance.now();
  }

  /** Whoever asks while an answer is being found gets the same: no query more, however many ask. */
  const findObstacle = () =>
    (looking ??= look()
      .then(
        () => null,
        (error: unknown) => {
          logFailure(log, 'not ready', error);
          const trouble = troubleOf(error);
          return trouble ? WORDS[trouble] : 'the database refuses; the log says why';
        },
      )
      .finally(() => (looking = undefined)));

  return async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(WORDS.away), PATIENCE_MS);
    });
    const obstacle = await Promise.race([findObstacle(), patience]);
    clearTimeout(timer);
    return obstacle;
  };
}
