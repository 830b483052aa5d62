export interface GroupCommit<Row> {
  /**
   * Resolves when the row is committed. Rejects with `Shed` when it was given up for rows of more worth, or when there
   * is no room for it: then whoever has it is to keep it and come again. Rejects with the database's error when the row
   * itself is at fault.
   */
  add(row: Row, worth: Worth): Promise<void>;
  /** Tries to commit whatever is queued now, without waiting for the next time. Never fails itself. */
  flush(): Promise<void>;
  /** Rows that are not committed yet. */
  size(): number;
  /** One last flush; what it cannot commit stays uncommitted. */
  stop(): Promise<void>;
}

/** The order in which rows are given up when there are too many: `sample` first, then `fact`, `result` never. */
export type Worth = 'sample' | 'fact' | 'result';
const GIVEN_UP = ['sample', 'fact'] as const;

/** The queue is full. What was given up is gone; what was not taken is still its owner's. */
export class Shed extends Error {
  override name = 'Shed';
}

interface Options<Row> {
  /** Commits all of them or none, in their order. */
  commit: (rows: Row[]) => Promise<void>;
  /** Whether this failure is one of the rows', which would fail again for ever, and not of the database. */
  isRowsFault?: (error: unknown) => boolean;
  /** Told of each failure that is tried again. */
  onFailure: (error: unknown) => void;
  /** Most rows in one commit. */
  most: number;
  everyMs: number;
  /** Most rows in memory. */
  capacity: number;
}

interface Queued<Row> {
  row: Row;
  worth: Worth;
  isSettled: boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Rows of many that are committed together: a statement for many rows costs little more than for one. What is queued is
 * bounded, whatever becomes of the database; a failure leaves all of it queued, in order, for the next time.
 */
export function createGroupCommit<Row>(options: Options<Row>): GroupCommit<Row> {
  const { commit, isRowsFault = () => false, onFailure, most, everyMs, capacity } = options;
  let queue: Queued<Row>[] = [];
  const queued: Record<Worth, number> = { sample: 0, fact: 0, result: 0 };
  /** The first rows of the queue, which may be committed any moment: they are not given up. */
  let underWay = 0;
  let running: Promise<void> | null = null;

  function settle(entry: Queued<Row>, error?: unknown): void {
    entry.isSettled = true;
    queued[entry.worth]--;
    if (error === undefined) entry.resolve();
    else entry.reject(error);
  }

  /** Makes room for a row of this worth. Rows of less go first, the oldest of them first. */
  function giveUpOneFor(worth: Worth): boolean {
    for (const less of GIVEN_UP) {
      const at = queued[less] === 0 ? -1 : queue.findIndex((entry, i) => i >= underWay && entry.worth === less);
      if (at >= 0) {
        settle(queue.splice(at, 1)[0]!, new Shed('given up for newer rows'));
        return true;
      }
      if (less === worth) return false;
    }
    return false;
  }

  async function commitAll(entries: Queued<Row>[]): Promise<void> {
    try {
      await commit(entries.map(({ row }) => row));
      for (const entry of entries) settle(entry);
    } catch (error) {
      if (!isRowsFault(error)) throw error;
      if (entries.length === 1) return settle(entries[0]!, error);
      // One of them is; the others are none the worse for it.
      const half = Math.ceil(entries.length / 2);
      await commitAll(entries.slice(0, half));
      await commitAll(entries.slice(half));
    }
  }

  async function run(): Promise<void> {
    try {
      while (queue.length > 0) {
        underWay = Math.min(most, queue.length);
        try {
          await commitAll(queue.slice(0, underWay));
        } finally {
          const rest = queue.slice(0, underWay).filter(({ isSettled }) => !isSettled);
          queue = rest.concat(queue.slice(underWay));
          underWay = 0;
        }
      }
    } catch (error) {
      onFailure(error);
    } finally {
      running = null;
    }
  }

  const flush = () => (running ??= run());
  const timer = setInterval(() => void (queue.length > 0 && flush()), everyMs);
  timer.unref();
  return {
    add: (row, worth) =>
      new Promise((resolve, reject) => {
        if (queue.length >= capacity && !giveUpOneFor(worth)) return reject(new Shed('no room'));
        queue.push({ row, worth, isSettled: false, resolve, reject });
        queued[worth]++;
      }),
    flush,
    size: () => queue.length,
    async stop() {
      clearInterval(timer);
      await running;
      await flush();
    },
  };
}
