import { onTestFinished } from 'vitest';
import type { Session } from '../auth/session';
import type { Services } from '../services';
import { callerFor, sessionOf } from '../testing';
import type { Batch, Interest } from './page';
import type { Written } from './written';

type Watched = Omit<Interest, 'news' | 'since'> & Partial<Interest>;

/** A page that has opened its stream, with the procedures as its socket calls them. It goes on from now, or `since`. */
export async function openPage(services: Services, session: Session = sessionOf()) {
  const page = services.hub.open(session);
  const stop = new AbortController();
  onTestFinished(() => page.close());
  const { live } = callerFor(services, { session, page }, stop.signal);
  // The type is of what a browser makes of it.
  const stream = (await live.stream())[Symbol.asyncIterator]() as unknown as AsyncIterator<Written<Batch>>;
  let number = 0;
  let cursor = '';

  async function next(): Promise<Batch | undefined> {
    const result = await stream.next();
    if (result.done) return undefined;
    const batch = JSON.parse(result.value.json) as Batch;
    cursor = batch.cursor;
    return batch;
  }

  return {
    page,
    stop,
    stream,
    next,
    /** Of the last batch. */
    cursor: () => cursor,
    watch(...watched: Watched[]) {
      const since = services.hub.cursor();
      return live.watch({
        number: ++number,
        interests: watched.map((one) => ({ since, ...one, keys: [...one.keys] })),
      });
    },
    /** The next changes of one topic, without its name; batches that have none are passed over. */
    async nextOf(topic: string): Promise<Omit<Batch['changes'][number], 'topic'>[]> {
      for (;;) {
        const batch = await next();
        const changes = batch?.changes.filter((change) => change.topic === topic) ?? [];
        if (!batch || changes.length > 0) return changes.map(({ topic: _topic, ...change }) => change);
      }
    },
  };
}
