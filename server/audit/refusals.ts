import { networkOf } from '../limits';
import type { AuditEntry } from './record-audit';

/** How long repetitions are counted before the count is written. */
const WINDOW_MS = 10 * 60 * 1000;
/** Different ones a window in one room, each a record and one more with its count. */
const MAX_KINDS_OF_ROOM = 25;

/** From where it came; repetitions count together only from the same place. */
export interface Refused {
  entry: AuditEntry & Required<Pick<AuditEntry, 'actor'>>;
  address?: string;
  requestId?: string;
  /** Whose session it was; of an API key, its owner. */
  user?: { id: string; email: string };
}

/** Whose room an attempt takes, and what is still told of it when that is used up. */
export interface Rooms {
  whose(refused: Refused): string | undefined;
  /** Different ones a window in all rooms. */
  maxKinds: number;
  /** One of many, for which there is no room. */
  sumOf(refused: Refused): Refused;
  /** Different sums a window in one room. */
  maxSums: number;
  /** Whether the first of a sum is a record of its own, at once. */
  tellsFirstOfSum: boolean;
  /** What is counted past every other bound. */
  rest(refused: Refused): Refused;
}

const nobody = { kind: 'person', id: null, label: null } as const;

/**
 * Rooms by network, as limits count addresses: one stranger must not take the room of all the others. Who and from where
 * is anybody's to choose, so the sums leave it out and are everybody's. With the one for all the rest there are 301
 * records in ten minutes at most, 43,344 a day.
 */
export const STRANGERS: Rooms = {
  whose: ({ address }) => address && networkOf(address),
  maxKinds: 100,
  sumOf: ({ entry: { action, outcome, code, actor } }) => ({ entry: { action, outcome, code, actor: { ...nobody, kind: actor.kind } } }),
  maxSums: 100,
  tellsFirstOfSum: false,
  rest: () => ({ entry: { action: 'attempt.other', outcome: 'refused', actor: nobody } }),
};

/**
 * A room for each account, with its API keys: nobody takes anybody else's, whatever network they share. What is left out
 * of a sum is on what; the rest, past 25 sums, still says who. An account comes to 102 records in ten minutes at most,
 * 14,688 a day, and to 51 kinds in memory.
 */
export const PEOPLE: Rooms = {
  whose: ({ user }) => user?.id,
  maxKinds: Infinity,
  sumOf: ({ entry, ...from }) => ({ ...from, entry: { ...entry, object: undefined, after: undefined } }),
  maxSums: MAX_KINDS_OF_ROOM,
  tellsFirstOfSum: true,
  rest: ({ user }) => ({ user, entry: { action: 'attempt.other', outcome: 'refused', actor: { ...nobody, id: user?.id ?? null, label: user?.email ?? null } } }),
};

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
  /** Of many kinds for which there was no room. */
  isSum: boolean;
  room: string | undefined;
}

/**
 * Keeps whoever is refused from filling the disk by trying again. The first of its kind is written at once; the same
 * from the same place is counted, and the count is written when the window ends. Past 25 different kinds of a room in a
 * window, or what all rooms hold, the rest is counted in sums, and past those all together: less is known of each, but
 * that it happened, and how often, is. What is told of one in a sum, and how many records that comes to, the rooms say.
 *
 * Nothing is forgotten before it is written: while the database is away, kinds stay and take up the room of new ones, so
 * that memory is bounded too. A crash loses what is only in memory, which is the counts, and a first one only when the
 * database refused it.
 */
export function createRefusals(rooms: Rooms, write: (refused: Refused) => Promise<void>, onError: (error: unknown) => void): Refusals {
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

  const count = (isCounted: (kind: Kind) => boolean) => [...kinds.values()].filter(isCounted).length;
  function hasRoom(refused: Refused) {
    const room = rooms.whose(refused);
    return count(({ isSum }) => !isSum) < rooms.maxKinds && count((kind) => !kind.isSum && kind.room === room) < MAX_KINDS_OF_ROOM;
  }
  function hasRoomForSum(sum: Refused) {
    const room = rooms.whose(sum);
    return count((kind) => kind.isSum && kind.room === room) < rooms.maxSums;
  }

  function begin(refused: Refused, kind: Pick<Kind, 'first' | 'uncounted' | 'isSum'>) {
    const begun = { refused: { ...refused, entry: { at: new Date(), ...refused.entry } }, room: rooms.whose(refused), ...kind };
    kinds.set(kindOf(refused), begun);
    return begun;
  }

  return {
    async note(refused) {
      const known = kinds.get(kindOf(refused));
      if (known) return void known.uncounted++;
      if (hasRoom(refused)) return writeFirst(begin(refused, { first: 'being written', uncounted: 0, isSum: false }));
      const others = rooms.sumOf(refused);
      const sum = kinds.has(kindOf(others)) || hasRoomForSum(others) ? others : rooms.rest(refused);
      const counted = kinds.get(kindOf(sum));
      if (counted) counted.uncounted++;
      else if (rooms.tellsFirstOfSum) await writeFirst(begin(sum, { first: 'being written', uncounted: 0, isSum: true }));
      else begin(sum, { first: 'written', uncounted: 1, isSum: true });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

const kindOf = ({ entry, address }: Refused) =>
  JSON.stringify([entry.action, entry.outcome, entry.code, entry.actor.id, entry.actor.label, entry.object?.id, entry.object?.label, entry.after, address]);
