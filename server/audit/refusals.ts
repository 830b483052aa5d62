import type { AuditEntry } from './record-audit';

/** How long repetitions are counted before the count is written. */
const WINDOW_MS = 10 * 60 * 1000;
/** Different ones a window. With their counts that is 200 records in ten minutes at most, 28,800 a day. */
const MAX_KINDS = 100;

/** From where it came; repetitions count together only from the same place. */
export interface Refused {
  entry: AuditEntry & Required<Pick<AuditEntry, 'actor'>>;
  address?: string;
  requestId?: string;
}

export interface Refusals {
  note(refused: Refused): Promise<void>;
  /** Writes the counts and begins anew. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps whoever is refused from filling the disk by trying again. The first of its kind is written at once; the same
 * from the same place is counted, and the count is written when the window ends. Past 100 different kinds in a window,
 * the rest is counted by action and reason alone: less is known of each, but that it happened, and how often, is.
 *
 * Counts are in memory. A crash loses those of its window, never a first one.
 */
export function createRefusals(write: (refused: Refused) => Promise<void>, onError: (error: unknown) => void): Refusals {
  let kinds = new Map<string, { refused: Refused; uncounted: number }>();

  const flush = async () => {
    const repeated = [...kinds.values()].filter(({ uncounted }) => uncounted > 0);
    kinds = new Map();
    for (const { refused, uncounted } of repeated) {
      await write({ ...refused, entry: { ...refused.entry, after: { repeated: uncounted } } });
    }
  };
  const timer = setInterval(() => void flush().catch(onError), WINDOW_MS);
  timer.unref();

  return {
    async note(refused) {
      const kind = kindOf(refused);
      const known = kinds.get(kind);
      if (known) return void known.uncounted++;
      if (kinds.size < MAX_KINDS) {
        kinds.set(kind, { refused, uncounted: 0 });
        return write(refused);
      }
      const others = withoutWho(refused);
      const counted = kinds.get(kindOf(others));
      if (counted) counted.uncounted++;
      else kinds.set(kindOf(others), { refused: others, uncounted: 1 });
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
