import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { type Trouble, troubleOf } from '../../db/errors';
import { findMigrations } from '../../db/migrate';
import type { Authority } from '../certificates/authority/authority';
import type { Config } from '../config';
import { type Log, logFailure } from '../log';

/** Null when this process serves, else why not, in words for whoever asks: anybody may. */
export type Readiness = () => Promise<string | null>;

/** Longer than this nobody waits for a page, either, in ms. */
const PATIENCE_MS = 3000;
/** How long an answer holds that takes more than a query to find, in ms. */
const HOLDS_MS = 30_000;

const WORDS: Record<Trouble, string> = {
  lost: 'the database is gone; the log says what to do',
  full: 'the disk of the database is full',
  busy: 'the database has no connection left',
  away: 'the database does not answer',
};

interface Sources {
  db: Database;
  /** Told of what stands in the way, once a minute. */
  log: Log;
  authority: Pick<Authority, 'signing'>;
  config: Pick<Config, 'database_url'> & { certificates: Pick<Config['certificates'], 'path'> };
}

export function createReadiness({ db, log, authority, config }: Sources): Readiness {
  let wasWholeAt = -Infinity;
  let looking: Promise<string | null> | undefined;

  async function look(): Promise<string | null> {
    await db.execute(sql`select 1`);
    if (new Date() > authority.signing.notAfter) return 'the CA has expired; nobody trusts what it signs';
    if (performance.now() - wasWholeAt < HOLDS_MS) return null;
    const { known, unknown } = await findMigrations(db);
    if (unknown.length > 0) return 'the database was migrated by a newer version while this one runs';
    if (known.some(({ applied }) => !applied)) return 'migrations were taken back while this process runs';
    // Of PostgreSQL's disk, which we do not see, only writing shows whether it is full.
    if (config.database_url) await takeRoom(db);
    const lost = await findLostFile(config.certificates.path);
    if (lost) {
      logFailure(log, 'not ready', new Error(`${lost} is gone: bring it back from a backup before the next start`));
      return 'the files of the CA are gone; the log says which';
    }
    wasWholeAt = performance.now();
    return null;
  }

  /** Whoever asks while an answer is being found gets the same: no query more, however many ask. */
  const findObstacle = () =>
    (looking ??= look()
      .catch((error: unknown) => {
        logFailure(log, 'not ready', error);
        const trouble = troubleOf(error);
        return trouble ? WORDS[trouble] : 'the database refuses; the log says why';
      })
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

/** What fits on a page that is there says nothing, only new ones do. Unlogged: room in the log is not ours to spend. */
async function takeRoom(db: Database): Promise<void> {
  await db.execute(sql`do $$ begin
    create unlogged table sysmanage_room as select generate_series(1, 2000);
    drop table sysmanage_room;
  end $$`);
}

/** The CA in memory signs on; without its files this is the last process that does. */
async function findLostFile(folder: string): Promise<string | null> {
  for (const name of ['ca.crt', 'ca.key']) {
    const path = join(folder, name);
    if (!(await stat(path).catch(() => null))) return path;
  }
  return null;
}
