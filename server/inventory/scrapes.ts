import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createTurns, type Turns } from '../../db/turns';
import { AppError } from '../errors';

/** Of one person and kind. Two Prometheus servers that scrape alike are usual. */
const MADE_EACH = 2;
/** Of all of them, as each reads all hosts. */
const MADE = 8;
/** Of one person: each holds what it says of all hosts in memory until it was taken. */
const UNREAD_EACH = 8;
/** Less than a scrape waits for its answer (docs/inventory.md). A scraper that is refused counts everything as down. */
const PATIENCE_MS = 15_000;
/** Less than the usual interval of a scrape. */
const RETRY_SECONDS = 5;

type Kind = 'ansible' | 'figures' | 'targets';

interface Asking {
  session: { user: { id: string } };
  transport: Pick<Socket, 'destroyed'>;
}

/** Answers that read all hosts: Prometheus' scrapes and inventories. */
export interface Scrapes {
  /** Makes one when its turn comes. Throws `request.crowded` where that takes too long, naming when to come back. */
  make<T>(asking: Asking, kind: Kind, answer: () => Promise<T>): Promise<T>;
  /**
   * Counts one that is read piece by piece. Returns what to call when it is over, once or more often. Throws likewise.
   */
  hold(asking: Asking): Promise<() => void>;
}

export function createScrapes(): Scrapes {
  const common = {
    mostWaiting: { perKey: 200 },
    patienceMs: PATIENCE_MS,
    crowded: () => new AppError('request.crowded', { retryAfterSeconds: RETRY_SECONDS }),
  };
  const made: Turns = createTurns({ ...common, perKey: () => MADE_EACH, places: MADE });
  const unread: Turns = createTurns({ ...common, perKey: () => UNREAD_EACH });
  const waits = ({ transport }: Asking) => ({ hasLeft: () => transport.destroyed });
  return {
    make: (asking, kind, answer) => made.take(`${kind} ${asking.session.user.id}`, answer, waits(asking)),
    async hold(asking) {
      let end: (() => void) | undefined = await unread.begin(asking.session.user.id, waits(asking));
      return () => {
        end?.();
        end = undefined;
      };
    },
  };
}

/** The same, where one is over at the latest when its answer is closed, also by who leaves before the first piece. */
export const endingWith = (scrapes: Scrapes, answer: Pick<ServerResponse, 'destroyed' | 'once'>): Scrapes => ({
  ...scrapes,
  async hold(asking) {
    const end = await scrapes.hold(asking);
    if (answer.destroyed) end();
    else answer.once('close', end);
    return end;
  },
});
