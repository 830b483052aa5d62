import { DatabaseUnavailableError, isFaultOfValues } from '../../db/errors';

/** The order in which rows are given up when there are too many: `sample` first, then `fact`, `result` never. */
export type Worth = 'sample' | 'fact' | 'result';
const GIVEN_UP = ['sample', 'fact'] as const;

/** The queue is full. What was given up is gone; what was not taken is still its owner's. Answered with 503. */
export class Shed extends DatabaseUnavailableError {
  override name = 'Shed';

  constructor(message: string) {
    super('busy', message);
  }
}

/** Rows of one kind on their way into the database. */
interface Lane<Row> {
  /**
   * Resolves when the row is committed. Rejects with `Shed` when it was given up for rows of more worth, or when there
   * is no room for it: then whoever has it is to keep it and come again. Rejects with the database's error when the row
   * itself is at fault.
   */
  add(row: Row): Promise<void>;
  /**
   * Commits what is queued now, and waits for no row that comes later. Rejects with what failed; that is tried again.
   */
  flush(): Promise<void>;
  /** Rows that are not committed yet. */
  size(): number;
}

interface LaneOptions<Row> {
  /** Of a lane that merges none: nothing of it is given up. */
  worth?: Worth;
  /** Commits all of them or none, in their order, however often it is tried. */
  commit: (rows: Row[]) => void | Promise<void>;
  /** Told of each failure that is tried again. */
  onFailure: (error: unknown) => void;
  /** How long the first of them waits for others, in milliseconds. */
  everyMs?: number;
  /**
   * Makes one of the rows that wait under one key. Such a lane holds one row a key at most: whatever bounds the keys
   * bounds it, and it counts for nothing in the capacity.
   */
  merge?: { keyOf: (row: Row) => string; into: (waiting: Row, newer: Row) => Row };
}

/** The one way in: lanes that share a bound. */
export interface GroupCommit {
  lane<Row>(options: LaneOptions<Row>): Lane<Row>;
  /** Rows of all lanes that are not committed yet. */
  waiting(): number;
  /** One last flush of every lane; what it cannot commit stays uncommitted. */
  stop(): Promise<void>;
}

interface Options {
  /** Most rows in one commit. */
  most?: number;
  everyMs?: number;
  /** How long after a failure it is tried again, in milliseconds. */
  retryMs?: number;
  /** Most rows in memory, of all lanes together. */
  capacity?: number;
}

interface Queued<Row> {
  row: Row;
  isSettled: boolean;
  committed: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Rows of many callers that are committed together: a statement for many rows costs little more than for one. What is
 * queued is bounded, whatever becomes of the database; a failure leaves all of it queued, in order, for the next time.
 */
export function createGroupCommit(options: Options = {}): GroupCommit {
  const { most = 1000, everyMs = 50, retryMs = 1000, capacity = 50_000 } = options;
  const lanes: { worth: Worth; size(): number; giveUpOldest(): boolean; stop(): Promise<void> }[] = [];
  let counted = 0;

  /** Makes room for a row of this worth. Rows of less go first, the oldest of them first. */
  function giveUpOneFor(worth: Worth): boolean {
    for (const less of GIVEN_UP) {
      if (lanes.some((lane) => lane.worth === less && lane.giveUpOldest())) return true;
      if (less === worth) return false;
    }
    return false;
  }

  function lane<Row>({ worth = 'result', commit, onFailure, merge, ...own }: LaneOptions<Row>): Lane<Row> {
    const patienceMs = own.everyMs ?? everyMs;
    /** By the key of its row, or by itself. */
    let queue = new Map<unknown, Queued<Row>>();
    /** Rows that may be committed any moment: they are neither given up nor merged with others. */
    let underWay = 0;
    let running: Promise<void> | null = null;
    /** The one after that, for whoever asked meanwhile. */
    let next: Promise<void> | null = null;
    let timer: NodeJS.Timeout | undefined;

    function settle(entry: Queued<Row>, error?: unknown): void {
      entry.isSettled = true;
      if (!merge) counted--;
      if (error === undefined) entry.resolve();
      else entry.reject(error);
    }

    async function commitAll(entries: Queued<Row>[]): Promise<void> {
      try {
        await commit(entries.map(({ row }) => row));
        for (const entry of entries) settle(entry);
      } catch (error) {
        if (!isFaultOfValues(error)) throw error;
        if (entries.length === 1) return settle(entries[0]!, error);
        // One of them is at fault; the others are none the worse for it.
        const half = Math.ceil(entries.length / 2);
        await commitAll(entries.slice(0, half));
        await commitAll(entries.slice(half));
      }
    }

    /** Before what came meanwhile, and as one with what came meanwhile under the same key. */
    function putBack(entries: [key: unknown, entry: Queued<Row>][]): void {
      const newer = queue;
      queue = new Map(entries);
      for (const [key, entry] of newer) {
        const older = queue.get(key);
        if (!older) queue.set(key, entry);
        else {
          older.row = merge!.into(older.row, entry.row);
          older.committed.then(entry.resolve, entry.reject);
        }
      }
    }

    async function run(): Promise<void> {
      // Not before `running` is set: a commit may add rows of its own.
      await Promise.resolve();
      clearTimeout(timer);
      timer = undefined;
      try {
        // What comes meanwhile waits for the next: this one would never end while rows come faster than they are
        // committed.
        for (let slices = Math.ceil(queue.size / most); slices > 0 && queue.size > 0; slices--) {
          const slice = firstOf(queue, most);
          for (const [key] of slice) queue.delete(key);
          underWay = slice.length;
          try {
            await commitAll(slice.map(([, entry]) => entry));
          } finally {
            underWay = 0;
            const left = slice.filter(([, { isSettled }]) => !isSettled);
            if (left.length > 0) putBack(left);
          }
        }
      } catch (error) {
        onFailure(error);
        wakeIn(retryMs);
        throw error;
      } finally {
        running = null;
      }
      if (queue.size >= most) void tryFlush();
      else if (queue.size > 0) wakeIn(patienceMs);
    }
    function flush(): Promise<void> {
      if (!running) return (running = run());
      // What came since that began is not in it.
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = null;
          return (running ??= run());
        });
      return next;
    }
    const tryFlush = () => flush().catch(() => undefined); // `onFailure` has been told
    function wakeIn(ms: number): void {
      timer ??= setTimeout(() => void tryFlush(), ms).unref();
    }

    function add(row: Row): Promise<void> {
      const waiting = merge && queue.get(merge.keyOf(row));
      if (waiting) {
        waiting.row = merge.into(waiting.row, row);
        return waiting.committed;
      }
      if (!merge && counted >= capacity && !giveUpOneFor(worth)) return Promise.reject(new Shed('no room'));
      if (!merge) counted++;
      const entry = queuedOf(row);
      queue.set(merge?.keyOf(row) ?? entry, entry);
      if (!running) {
        // Exactly: while it fails, not each row is to try anew.
        if (queue.size === most) void tryFlush();
        else wakeIn(patienceMs);
      }
      return entry.committed;
    }

    const size = () => queue.size + underWay;
    lanes.push({
      worth,
      size,
      giveUpOldest() {
        const [oldest] = merge ? [] : firstOf(queue, 1);
        if (!oldest) return false;
        queue.delete(oldest[0]);
        settle(oldest[1], new Shed('given up for newer rows'));
        return true;
      },
      async stop() {
        await running?.catch(() => undefined);
        await tryFlush();
        clearTimeout(timer);
      },
    });
    return { add, flush, size };
  }

  return {
    lane,
    waiting: () => lanes.reduce((sum, { size }) => sum + size(), 0),
    async stop() {
      for (const { stop } of lanes) await stop();
    },
  };
}

function queuedOf<Row>(row: Row): Queued<Row> {
  const entry = { row, isSettled: false } as Queued<Row>;
  entry.committed = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
  return entry;
}

function firstOf<Key, Value>(map: ReadonlyMap<Key, Value>, most: number): [Key, Value][] {
  const first: [Key, Value][] = [];
  for (const one of map) if (first.push(one) === most) break;
  return first;
}
