interface Waits {
  /** Whether whoever wanted it has gone: it is then never begun. */
  hasLeft?: (() => boolean) | undefined;
}

/** Work that waits for the other work under its key, and for a place. */
export interface Turns {
  /** Waits for a turn. Returns what to call when it is over, once. Throws what the turns throw where too much waits. */
  begin(key: string, waits?: Waits): Promise<() => void>;
  /** Runs it when its turn comes. Throws likewise. */
  take<T>(key: string, work: () => Promise<T>, waits?: Waits): Promise<T>;
}

interface Bounds {
  /** How many go on at once under one key. */
  perKey: () => number;
  /** How many in all. */
  places?: number;
  /** What waits costs memory. Beyond so many of a key, or of all, it is refused. */
  mostWaiting: { perKey: number; all?: number };
  /** How long one waits before it is refused, in ms. */
  patienceMs?: number;
  /** What is thrown where too much waits, for too long, or for somebody who has left. */
  crowded: () => Error;
}

interface Waiting extends Waits {
  number: number;
  start: () => void;
  refuse: () => void;
}

/** What goes on and what waits under one key. */
interface Line {
  running: number;
  waiting: Waiting[];
}

/**
 * Works on few things at once under each key, and on few in all: so that whoever asks for much waits for themselves. A
 * free place goes to the key with the fewest under way, and there to what came first.
 */
export function createTurns({ perKey, places = Infinity, mostWaiting, patienceMs = Infinity, crowded }: Bounds): Turns {
  const lines = new Map<string, Line>();
  let taken = 0;
  let waiting = 0;
  let last = 0;

  const isFree = ({ running }: Line) => running < perKey() && taken < places;
  const forget = (key: string, { running, waiting }: Line) => {
    if (running === 0 && waiting.length === 0) lines.delete(key);
  };

  function start(key: string, line: Line): () => void {
    taken++;
    line.running++;
    return () => {
      taken--;
      line.running--;
      startNext();
      forget(key, line);
    };
  }

  function leave(line: Line, one: Waiting): void {
    line.waiting.splice(line.waiting.indexOf(one), 1);
    waiting--;
  }

  function startNext(): void {
    for (;;) {
      let next: Line | undefined;
      for (const line of lines.values()) {
        const [one] = line.waiting;
        if (!one || !isFree(line)) continue;
        const isBefore =
          !next ||
          line.running < next.running ||
          (line.running === next.running && one.number < next.waiting[0]!.number);
        if (isBefore) next = line;
      }
      if (!next) return;
      const [one] = next.waiting;
      leave(next, one!);
      if (one!.hasLeft?.()) one!.refuse();
      else one!.start();
    }
  }

  /** Makes room by those who have gone. */
  function sweep(): void {
    for (const [key, line] of lines) {
      for (const one of line.waiting.filter(({ hasLeft }) => hasLeft?.())) {
        leave(line, one);
        one.refuse();
      }
      forget(key, line);
    }
  }

  async function begin(key: string, { hasLeft }: Waits = {}): Promise<() => void> {
    const isCrowded = () =>
      waiting >= (mostWaiting.all ?? Infinity) || (lines.get(key)?.waiting.length ?? 0) >= mostWaiting.perKey;
    // What may begin waits behind nobody: there is a bound for what waits.
    if (!isFree(lines.get(key) ?? { running: 0, waiting: [] }) && isCrowded()) {
      sweep();
      if (isCrowded()) throw crowded();
    }
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (isFree(line)) return start(key, line);
    return new Promise((resolve, reject) => {
      const refuse = () => {
        clearTimeout(patience);
        forget(key, line);
        reject(crowded());
      };
      const one: Waiting = {
        ...{ number: last++, hasLeft, refuse },
        start() {
          clearTimeout(patience);
          resolve(start(key, line));
        },
      };
      const giveUp = () => {
        leave(line, one);
        refuse();
      };
      const patience = patienceMs === Infinity ? undefined : setTimeout(giveUp, patienceMs);
      line.waiting.push(one);
      waiting++;
    });
  }

  return {
    begin,
    async take(key, work, waits) {
      const end = await begin(key, waits);
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}
