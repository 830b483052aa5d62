import { useState } from 'react';
import { useLive } from '../live/use-live';
import { applyLiveChanges, type KnownHosts } from './apply-live-change';
import { isWaiting } from './host-types';

/**
 * A page's hosts, kept up to date.
 *
 * @param snapshot the loader's answer: a new one replaces everything that was heard before it
 * @param start what the page knows from it
 * @param news whether the page also shows hosts that come to wait for a person
 */
export function useKnownHosts<Snapshot extends { feed: string }>(
  snapshot: Snapshot,
  start: (snapshot: Snapshot) => KnownHosts,
  { news = true }: { news?: boolean } = {},
): KnownHosts {
  const [memory, setMemory] = useState(() => ({ snapshot, known: start(snapshot) }));
  let { known } = memory;
  if (memory.snapshot !== snapshot) {
    known = start(snapshot);
    setMemory({ snapshot, known });
  }

  useLive('hosts', {
    snapshot,
    news,
    // Those that wait first: whoever is let in must still be heard of when the list is long.
    keys: [...known.hosts.values()]
      .sort((a, b) => Number(isWaiting(b.state)) - Number(isWaiting(a.state)))
      .map(({ id }) => id),
    onChanges: (changes) =>
      setMemory((last) => {
        const next = last.snapshot === snapshot ? applyLiveChanges(last.known, changes) : last.known;
        return next === last.known ? last : { snapshot, known: next };
      }),
  });
  return known;
}
