import type { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';

/** Told of a statement how long it took, in seconds. */
type Told = (seconds: number) => void;

/** Statements of one connection, also those in transactions. */
export function timePostgresql(client: pg.PoolClient, told: Told): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const timed = (...args: unknown[]): unknown => {
    const done = begin(told);
    // The pool's own way ends in a callback, ours in a promise.
    const last = args.at(-1);
    if (typeof last === 'function') {
      return query(...args.slice(0, -1), (...results: unknown[]): unknown => {
        done();
        return (last as (...results: unknown[]) => unknown)(...results);
      });
    }
    const result = query(...args);
    if (result instanceof Promise) result.then(done, done);
    return result;
  };
  Object.assign(client, { query: timed });
}

/** Statements of the embedded database, also those in transactions: there each is asked of the transaction. */
export function timePGlite(client: PGlite, told: Told): void {
  const timed =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> => {
      const done = begin(told);
      return run(...args).finally(done);
    };
  const timeStatements = (of: Pick<PGlite, 'query' | 'exec'>) =>
    void Object.assign(of, { query: timed(of.query.bind(of)), exec: timed(of.exec.bind(of)) });

  const transaction = client.transaction.bind(client);
  timeStatements(client);
  Object.assign(client, {
    transaction: <Result>(run: Parameters<typeof transaction<Result>>[0]) =>
      transaction<Result>((tx) => {
        timeStatements(tx);
        return run(tx);
      }),
  });
}

function begin(told: Told): () => void {
  const since = performance.now();
  return () => told((performance.now() - since) / 1000);
}
