import type { AuditEntry } from './record-audit';

/** How long repetitions are counted before the count is written. */
const WINDOW_MS = 10 * 60 * 1000;
/**
 * Different ones a window. With their counts that is 200 records in ten minutes at most, 28,800 a day; and for what is
 * past them one more in each window for each action and reason there is.
 */
const MAX_KINDS = 100;
/** Of these from one address: one stranger must not take the room of all the others. */
const MAX_KINDS_OF_ADDRESS = 25;

/** From where it came; repetitions count together only from the same place. */
export interface Refused {
  entry: AuditEntry & Required<Pick<AuditEntry, 'actor'>>;
  address?: string;
  requestId?: string;
}

export interface Refusals {
  /** Throws when the first of a kind could not be written. It is kept, and written with the counts. */
  note(refused: Refused): Promise<void>;
  /** Writes what is owed and begins anew. Throws when something could not be written; that is kept for the next time. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface Kind {
  refused: Refused;
  /** Of the first of its kind, which has a record of its own. */
  first: 'being written' | 'owed' | 'written';
  /** Repetitions that no record tells of yet. */
  uncounted: number;
}

/**
 * Keeps whoever is refused from filling the disk by trying again. The first of its kind is written at once; the same
 * from the same place is counted, and the count is written when the window ends. Past 100 different kinds in a window,
 * or 25 from one address, the rest is counted by action and reason alone: less is known of each, but that it happened,
 * and how often, is.
 *
 * Nothing is forgotten before it is written: while the database is away, kinds stay and take up the room of new ones, so
 * that memory is bounded too. A crash loses what is only in memory, which is the counts, and a first one only when the
 * database refused it.
 */
export function createRefusals(write: (refused: Refused) => Promise<void>, onError: (error: unknown) => void): Refusals {
  const kinds = new Map<string, Kind>();
  let flushing: Promise<void> = Promise.resolve();

  async function writeFirst(kind: Kind) {
    kind.first = 'being written';
    try {
      await write(kind.refused);
      kind.first = 'written';
    } catch (error) {
      kind.first = 'owed';
      throw error;
    }
  }

  async function writeOwed(kind: Kind) {
    if (kind.first === 'owed') await writeFirst(kind);
    const { refused, uncounted } = kind;
    if (uncounted === 0) return;
    // Its own time is that of the first.
    await write({ ...refused, entry: { ...refused.entry, at: undefined, after: { repeated: uncounted } } });
    kind.uncounted -= uncounted;
  }

  async function run() {
    const errors: unknown[] = [];
    for (const [name, kind] of [...kinds]) {
      try {
        await writeOwed(kind);
        // More of it may have come meanwhile.
        if (kind.first === 'written' && kind.uncounted === 0) kinds.delete(name);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
  /** One after the other: two at once would both write the same count. */
  const flush = () => (flushing = flushing.catch(() => undefined).then(run));
  const timer = setInterval(() => void flush().catch(onError), WINDOW_MS);
  timer.unref();

  const hasRoom = (address: string | undefined) =>
    kinds.size < MAX_KINDS && [...kinds.values()].filter(({ refused }) => refused.address === address).length < MAX_KINDS_OF_ADDRESS;

  return {
    async note(refused) {
      const known = kinds.get(kindOf(refused));
      if (known) return void known.uncounted++;
      if (hasRoom(refused.address)) {
        const kind: Kind = { refused: { ...refused, entry: { at: new Date(), ...refused.entry } }, first: 'being written', uncounted: 0 };
        kinds.set(kindOf(refused), kind);
        return writeFirst(kind);
      }
      const others = withoutWho(refused);
      const counted = kinds.get(kindOf(others));
      if (counted) counted.uncounted++;
      else kinds.set(kindOf(others), { refused: others, first: 'written', uncounted: 1 });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

const kindOf = ({ entry, address }: Refused) =>
  JSON.stringify([entry.action, entry.outcome, entry.code, entry.actor.id, entry.actor.label, entry.object?.id, entry.object?.label, address]);

/** One of many. Actions and codes are names of ours, so there are never many of these. */
const withoutWho = ({ entry: { action, outcome, code, actor } }: Refused): Refused => ({
  entry: { action, outcome, code, actor: { kind: actor.kind, id: null, label: null } },
});
