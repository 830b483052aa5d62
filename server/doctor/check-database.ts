import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { DatabaseLockedError, DatabaseOpenError } from '../../db/errors';
import { pgliteFolder } from '../../db/pglite-folder';
import { findMigrations } from '../../db/migrate';
import type { Config } from '../config';
import { openConfigured } from '../process/open-configured';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

const { good, warning, bad } = about('database');

interface Examined {
  findings: Finding[];
  /** Whether another process has the embedded database open, which is a server or a command. */
  isHeld: boolean;
  /** The database's clock, Unix ms, beside ours when it was read; PostgreSQL's alone says something. */
  clock: { theirs: number; ours: number } | null;
}

/** Whether the database opens and has the schema of this version. Makes none where there is none yet. */
export async function checkDatabase(config: Config): Promise<Examined> {
  const { database_url, data_dir } = config;
  const nothing = { isHeld: false, clock: null };
  if (!database_url && !existsSync(pgliteFolder(data_dir)))
    return { ...nothing, findings: [good(words('server.doctor.database.none', { folder: data_dir }))] };
  let database;
  try {
    database = await openConfigured(config);
  } catch (error) {
    if (error instanceof DatabaseLockedError)
      return { ...nothing, isHeld: true, findings: [good(words('server.doctor.database.of_server'))] };
    if (error instanceof DatabaseOpenError)
      return { ...nothing, findings: [bad(error.said, words('server.doctor.as_it_says'))] };
    throw error;
  }
  try {
    const { rows } = await database.db.execute<{ version: string; now: number; search: boolean }>(sql`
      select current_setting('server_version') as version, extract(epoch from clock_timestamp())::float8 * 1000 as now,
             to_regclass('host_searched') is not null as search`);
    const ours = Date.now();
    const { version, now, search } = rows[0]!;
    const { known, unknown } = await findMigrations(database.db);
    const missing = known.filter(({ applied }) => !applied).length;
    const findings = [
      good(words(database_url ? 'server.doctor.database.postgresql' : 'server.doctor.database.embedded', { version })),
    ];
    if (unknown.length > 0)
      findings.push(bad(words('server.doctor.database.newer'), words('server.doctor.database.newer_mend')));
    else if (missing > 0)
      findings.push(
        warning(
          words('server.doctor.database.behind', { count: missing }),
          words('server.doctor.database.behind_mend'),
        ),
      );
    else if (!search)
      findings.push(warning(words('server.doctor.database.unindexed'), words('server.doctor.database.unindexed_mend')));
    return { isHeld: false, clock: database_url ? { theirs: now, ours } : null, findings };
  } finally {
    await database.close();
  }
}
