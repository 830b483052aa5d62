import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseUnavailableError } from './errors';
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

  constructor(config: pg.PoolConfig & { max: number; connectionTimeoutMillis: number }) {
    super(config);
    this.#size = config.max;
    this.#waitMs = config.connectionTimeoutMillis;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    const waiting = this.#wait();
    if (!callback) return waiting;
    waiting.then(
      (client) => callback(undefined, client, (release) => client.release(release as Error | boolean | undefined)),
      (error: Error) => callback(error, undefined, () => {}),
    );
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

const busy = (cause: unknown) => new DatabaseUnavailableError('busy', words('server.database.busy'), { cause });
