import type { EventEmitter } from 'node:events';
import { AppError } from '../errors';
import { createMeter, createMeters } from '../sockets/meter';

/** Of one person, whatever they show. Two Prometheus servers that scrape alike are usual. */
const AT_ONCE_EACH = 2;
/** Of all of them: each holds what it says of all hosts in memory until it was taken. */
const AT_ONCE = 8;
/** Less than the usual interval of a scrape. */
const RETRY_SECONDS = 5;

/** Answers that hold all hosts in memory: Prometheus' scrapes and inventories. */
export interface Scrapes {
  /**
   * Counts one that begins. Returns what to call when it is over, once or more often. Throws `request.too_many`, naming when to come
   * back, where too many are under way.
   */
  begin(userId: string): () => void;
}

export function createScrapes(): Scrapes {
  const all = createMeter({ atOnce: { calls: AT_ONCE }, rates: {} });
  const meterOf = createMeters({ atOnce: { calls: AT_ONCE_EACH }, rates: {} });
  const tooMany = () => new AppError('request.too_many', { retryAfterSeconds: RETRY_SECONDS });
  return {
    begin(userId) {
      const own = meterOf(userId);
      if (own.begin('calls') !== null) throw tooMany();
      if (all.begin('calls') !== null) {
        own.end('calls');
        throw tooMany();
      }
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        own.end('calls');
        all.end('calls');
      };
    },
  };
}

/** The same, where one is over at the latest when its answer is closed, also by who leaves before the first piece. */
export const endingWith = ({ begin }: Scrapes, answer: Pick<EventEmitter, 'once'>): Scrapes => ({
  begin(userId) {
    const end = begin(userId);
    answer.once('close', end);
    return end;
  },
});

/** One that is over when its answer is there. */
export async function scrape<T>(
  { scrapes, session }: { scrapes: Scrapes; session: { user: { id: string } } },
  answer: () => Promise<T>,
): Promise<T> {
  const end = scrapes.begin(session.user.id);
  try {
    return await answer();
  } finally {
    end();
  }
}
