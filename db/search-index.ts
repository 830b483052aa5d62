import { sql } from 'drizzle-orm';
import type { Database } from './client';

/**
 * The index by which a search finds three characters and more within names and addresses. It needs `pg_trgm`, which
 * comes with PostgreSQL and with PGlite, but which whoever runs a PostgreSQL may not have installed or may not permit:
 * it is no migration, because a search must work without it, and it is tried again at each start.
 * @returns why there is none, in words of the database; null when there is one
 */
export async function makeSearchIndex(db: Database): Promise<string | null> {
  const { rows } = await db.execute(sql`select from pg_class where oid = to_regclass('host_searched')`);
  if (rows.length > 0) return null;
  try {
    await db.transaction(async (tx) => {
      await tx.execute(sql`create extension if not exists pg_trgm`);
      // In whichever schema it is: it may have been there before us.
      const { rows } = await tx.execute<{ schema: string }>(sql`
        select quote_ident(nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where extname = 'pg_trgm'`);
      await tx.execute(
        sql.raw(`create index host_searched on host using gin (searched ${rows[0]!.schema}.gin_trgm_ops)`),
      );
    });
    return null;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (isRefusal(cause)) return cause.message;
    throw error;
  }
}

/** `insufficient_privilege`, or no such extension on the server: `undefined_file`, `feature_not_supported`. */
const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && ['42501', '58P01', '0A000'].includes(String(error.code));
