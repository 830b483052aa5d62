import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { DatabaseLockedError, DatabaseOpenError } from '../../db/errors';
import { pgliteFolder } from '../../db/make-pglite';
import { findMigrations } from '../../db/migrate';
import { openDatabase } from '../../db/open-database';
import type { Config } from '../config';
import { about, type Finding } from './finding';

const { good, warning, bad } = about('database');

interface Examined {
  findings: Finding[];
  /** Whether another process has the embedded database open, which is a server or a command. */
  isHeld: boolean;
  /** The database's clock, Unix ms, beside ours when it was read; PostgreSQL's alone says something. */
  clock: { theirs: number; ours: number } | null;
}

/** Whether the database opens and has the schema of this version. Makes none where there is none yet. */
export async function checkDatabase({ database_url, data_dir }: Config): Promise<Examined> {
  const nothing = { isHeld: false, clock: null };
  if (!database_url && !existsSync(pgliteFolder(data_dir)))
    return { ...nothing, findings: [good(`there is no database in ${data_dir} yet: the first start makes it`)] };
  let database;
  try {
    database = await openDatabase({ url: database_url, directory: data_dir });
  } catch (error) {
    if (error instanceof DatabaseLockedError)
      return {
        ...nothing,
        isHeld: true,
        findings: [good('the embedded database is a running server’s; ask its /readyz')],
      };
    if (error instanceof DatabaseOpenError) return { ...nothing, findings: [bad(error.message, 'as it says')] };
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
    const findings = [good(`${database_url ? 'PostgreSQL' : 'the embedded database'} ${version} answers`)];
    if (unknown.length > 0)
      findings.push(
        bad('a newer SysManage has migrated it', 'start that one, or let it roll back: docs/operations.md'),
      );
    else if (missing > 0)
      findings.push(warning(`it lacks ${missing} migrations`, 'sysmanage db migrate, or start the server'));
    else if (!search)
      findings.push(warning('searches read every host', 'let the server’s role create the extension pg_trgm'));
    return { isHeld: false, clock: database_url ? { theirs: now, ours } : null, findings };
  } finally {
    await database.close();
  }
}
