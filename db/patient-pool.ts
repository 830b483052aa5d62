import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Reader } from './client';
import { CrowdedError, DatabaseUnavailableError, MOST_WAITING } from './errors';
import { createTurns } from './turns';
import { words } from '../words/words';

/** `too_many_connections` of PostgreSQL: of the server, the database or the role. */
const TOO_MANY = '53300';
/** How long the pool stays as small as PostgreSQL made it, in ms. */
const HUMBLE_MS = 30_000;
const RETRY_MS = 50;

type Done = (release?: unknown) => void;
type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, done: Done) => void;

/**
 * A pool whose every connection waits, also where PostgreSQL gives fewer than `max`: it is then as large as what it was
 * given, and whoever wants one more queues behind the others. The wait ends after twice `connectionTimeoutMillis`.
 * @throws from `connect` and `query` DatabaseUnavailableError, `busy` or `away`
 */
export class PatientPool extends pg.Pool {
  readonly #size: number;
  readonly #waitMs: number;
  #growing?: NodeJS.Timeout;
  /** Of a connection that has another than PostgreSQL gave it. */
  readonly #bounds = new WeakMap<pg.PoolClient, number>();
  /** A quarter of the connections that there are for each reader; `max` is less while PostgreSQL gives fewer. */
  readonly #turns = createTurns({
    perKey: () => Math.max(1, Math.floor(this.options.max / 4)),
    mostWaiting: { perKey: MOST_WAITING },
    crowded: () => new CrowdedError(),
  });

  constructor(config: pg.PoolConfig & { max: number; connectionTimeoutMillis: number }) {
    super(config);
    this.#size = config.max;
    this.#waitMs = config.connectionTimeoutMillis;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    return hand(this.#take(null), callback);
  }

  /**
   * The same connections for one who reads: a quarter of them at once for all that has the same `key`, whose every
   * statement PostgreSQL ends after `ms`. Whatever is beyond waits. Throws from `connect` and `query` CrowdedError,
   * too.
   */
  readBy({ key, hasLeft }: Reader, ms: number): pg.Pool {
    const take = async () => {
      const end = await this.#turns.begin(key, { hasLeft });
      try {
        const client = await this.#take(ms);
        const { release } = client;
        client.release = (failed) => {
          release(failed);
          end();
        };
        return client;
      } catch (error) {
        end();
        throw error;
      }
    };
    // `query` of a pool asks its `connect`.
    return Object.assign(Object.create(this) as pg.Pool, { connect: (callback?: Callback) => hand(take(), callback) });
  }

  /** A connection remembers its bound: most serve the same kind of query again, and are told nothing. */
  async #take(boundMs: number | null): Promise<pg.PoolClient> {
    const client = await this.#wait();
    if ((this.#bounds.get(client) ?? null) === boundMs) return client;
    try {
      await client.query(
        boundMs === null ? 'reset statement_timeout' : `set statement_timeout = ${Math.round(boundMs)}`,
      );
    } catch (error) {
      client.release(true);
      throw new DatabaseUnavailableError('away', (error as Error).message, { cause: error });
    }
    if (boundMs === null) this.#bounds.delete(client);
    else this.#bounds.set(client, boundMs);
    return client;
  }

  async #wait(): Promise<pg.PoolClient> {
    const deadline = Date.now() + this.#waitMs;
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        const { code, message } = error as pg.DatabaseError;
        if (code === TOO_MANY && Date.now() < deadline) {
          this.#shrink();
          await sleep(RETRY_MS);
          continue;
        }
        if (code === TOO_MANY || message.startsWith('timeout exceeded')) throw busy(error);
        // What PostgreSQL says itself, a wrong password say, has a code and is for whoever opens the database.
        if (/^[0-9A-Z]{5}$/.test(code ?? '') && !code!.startsWith('E')) throw error;
        throw new DatabaseUnavailableError('away', message || String(code), { cause: error });
      }
    }
  }

  #shrink(): void {
    this.options.max = Math.max(1, this.totalCount);
    clearTimeout(this.#growing);
    this.#growing = setTimeout(() => (this.options.max = this.#size), HUMBLE_MS).unref();
  }
}

function hand(taken: Promise<pg.PoolClient>, callback?: Callback): Promise<pg.PoolClient> | void {
  if (!callback) return taken;
  taken.then(
    (client) => callback(undefined, client, (release) => client.release(release as Error | boolean | undefined)),
    (error: Error) => callback(error, undefined, () => {}),
  );
}

const busy = (cause: unknown) => new DatabaseUnavailableError('busy', words('server.database.busy'), { cause });
