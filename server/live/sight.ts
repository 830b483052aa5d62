import { type Log, logFailure } from '../log';
import type { HubPage } from './page';
import { ask, type Asked, judge, seesSome, type State } from './targets';

interface Given {
  log: Log;
  topics: ReadonlyMap<string, State>;
  pages: ReadonlySet<HubPage>;
  /**
   * Another one after each change of what some may see, be it made here or by another process. What closes the pages of
   * those whom it is about, as a change of their grants does, need not be in it.
   */
  sightVersion: () => Promise<number>;
  /** So often everything is judged, whatever the version says. */
  confirmMs: number;
  /** A page shows a key that it may not see any more. */
  onLost: (state: State, key: string, page: HubPage) => void;
}

/** Whether pages that see some keys only still see what they show. */
interface Sight {
  /**
   * Judges it anew where anything changed by which they see it: in another process a host may have left the fleet that
   * it was seen by, which no event of this one tells. Costs one question for all of them where nothing did.
   */
  look(): Promise<void>;
  /**
   * What it shows from now on was judged a moment ago, and what changed meanwhile may be of a version that was looked
   * at.
   */
  doubt(page: HubPage): void;
}

export function createSight({ log, topics, pages, sightVersion, confirmMs, onLost }: Given): Sight {
  let isLooking = false;
  /** All that pages showed then was judged when this was so. */
  let judged: { version: number; atMs: number } | null = null;
  let doubtful = new Set<HubPage>();

  /** Whether all of it was judged. */
  async function judgeTopic(state: State, which: Iterable<HubPage>): Promise<boolean> {
    const asked: Asked = new Map();
    const some = [...which].filter((page) => seesSome(state, page));
    for (const page of some) ask(asked, page, page.watching(state.name));
    try {
      const sees = await judge(state, asked);
      for (const page of some) {
        const of = asked.get(page.session.id);
        for (const key of page.watching(state.name))
          if (of?.keys.has(key) && !sees(page, key)) onLost(state, key, page);
      }
      return true;
    } catch (error) {
      logFailure(log, `who sees what of ${state.name} could not be checked; trying again`, error);
      return false;
    }
  }

  async function lookNow(): Promise<void> {
    const doubted = [...doubtful].filter((page) => pages.has(page));
    doubtful = new Set();
    let isJudged = true;
    try {
      // Before anything is judged: what changes meanwhile is another version.
      const version = await sightVersion();
      const atMs = performance.now();
      const isForAll = judged?.version !== version || atMs - judged.atMs >= confirmMs;
      for (const state of topics.values()) isJudged = (await judgeTopic(state, isForAll ? pages : doubted)) && isJudged;
      if (isForAll && isJudged) judged = { version, atMs };
    } catch (error) {
      logFailure(log, 'whether pages see what they show could not be checked; trying again', error);
      isJudged = false;
    }
    if (!isJudged) for (const page of doubted) doubtful.add(page);
  }

  const shows = (state: State, page: HubPage) => seesSome(state, page) && page.watching(state.name).size > 0;

  return {
    async look() {
      const isAsked = [...topics.values()].some((state) => [...pages].some((page) => shows(state, page)));
      if (!isAsked) doubtful.clear();
      if (isLooking || !isAsked) return;
      isLooking = true;
      await lookNow();
      isLooking = false;
    },
    doubt: (page) => void doubtful.add(page),
  };
}
