import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database, OpenDatabase } from './client';
import { DatabaseOpenError, DatabaseUnavailableError, DatabaseUnreachableError } from './errors';
import { PatientPool } from './patient-pool';
import * as schema from './schema';
import { timePostgresql } from './time-queries';
import { words } from '../words/words';

/** PostgreSQL 14, as its `server_version_num`. */
const OLDEST_VERSION = 140_000;
/** How long running queries may take to end when the database is closed. */
const CLOSE_PATIENCE_MS = 2000;

/** An export cannot go on where it was cut off, and one part of it may find nothing in a log of years. */
const EXPORT_TIMES = 10;

/**
 * How many connections this process keeps at most, how long a query waits for one of them, and how long a statement of
 * `readsOf` may take, in seconds.
 */
export interface PoolSettings {
  connections: number;
  wait_seconds: number;
  read_seconds: number;
}

export async function openPostgresql(
  url: string,
  {
    pool: { connections, wait_seconds, read_seconds },
    onError,
    onQuery,
  }: { pool: PoolSettings; onError: (error: Error) => void; onQuery: (seconds: number) => void },
): Promise<OpenDatabase> {
  const place = describePlace(url);
  const pool = new PatientPool({
    connectionString: url,
    application_name: 'sysmanage',
    max: connections,
    connectionTimeoutMillis: wait_seconds * 1000,
    keepAlive: true,
  });
  // The pool listens to idle clients only: a connection that PostgreSQL ends during a transaction would end the
  // process.
  const clients = new Set<pg.PoolClient>();
  pool.on('remove', (client) => clients.delete(client));
  pool.on('connect', (client) => {
    clients.add(client);
    timePostgresql(client, onQuery);
    client.on('error', (error) => {
      // What PostgreSQL still says once we are leaving is no news.
      if (!pool.ending) onError(error);
    });
  });
  // The client's own listener has reported it; without one here Node would throw it.
  pool.on('error', () => {});
  try {
    await refuseOldVersion(pool, place);
  } catch (error) {
    await pool.end();
    if (error instanceof DatabaseOpenError) throw error;
    const said = words('server.database.unreachable', { place, reason: reasonOf(error) });
    throw new DatabaseUnreachableError(said, { cause: error });
  }
  return {
    kind: 'postgresql',
    db: typed(pool),
    readsOf(reader) {
      const seconds = read_seconds * (reader.isExport ? EXPORT_TIMES : 1);
      // Without the schema, of which `query` is made: that would take a millisecond each time.
      return drizzle(pool.readBy(reader, seconds * 1000)) as unknown as Database;
    },
    async onOneConnection(run) {
      const client = await pool.connect();
      try {
        return await run(typed(client));
      } finally {
        client.release();
      }
    },
    async close() {
      // The pool waits for running queries, and one that waits for a lock would keep a stopping server from stopping.
      const patience = setTimeout(() => clients.forEach((client) => void client.end()), CLOSE_PATIENCE_MS);
      await pool.end();
      clearTimeout(patience);
    },
  };
}

const typed = (client: pg.Pool | pg.PoolClient): Database => drizzle(client, { schema });

async function refuseOldVersion(pool: pg.Pool, place: string): Promise<void> {
  const { rows } = await pool.query<{ server_version: string; number: number }>(
    `select current_setting('server_version') as server_version, current_setting('server_version_num')::int as number`,
  );
  const [version] = rows;
  if (version && version.number < OLDEST_VERSION) {
    throw new DatabaseOpenError(words('server.database.old', { place, version: version.server_version }));
  }
}

/** Host, port and database of an address, without user and password. */
function describePlace(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `${searchParams.get('host') ?? (host || 'localhost')}${pathname}`;
  } catch {
    // The parser's own message repeats the address, password included.
    throw new DatabaseUnreachableError(words('server.database.address'));
  }
}

/** A name with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof DatabaseUnavailableError && error.cause) return reasonOf(error.cause);
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ');
  return error instanceof Error ? error.message : String(error);
}
