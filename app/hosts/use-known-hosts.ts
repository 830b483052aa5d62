import { useState } from 'react';
import { useHostsLive } from '../live';
import { applyLiveChanges, type KnownHosts } from './apply-live-change';
import { isWaiting } from './host-types';

/**
 * A page's hosts, kept up to date.
 *
 * @param snapshot the loader's answer: a new one replaces everything that was heard before it
 * @param start what the page knows from it
 */
export function useKnownHosts<Snapshot extends { feed: string }>(
  snapshot: Snapshot,
  start: (snapshot: Snapshot) => KnownHosts,
): KnownHosts {
  const [memory, setMemory] = useState(() => ({ snapshot, known: start(snapshot) }));
  let { known } = memory;
  if (memory.snapshot !== snapshot) {
    known = start(snapshot);
    setMemory({ snapshot, known });
  }

  useHostsLive({
    snapshot,
    // Those that wait first: whoever is let in must still be heard of when the list is long.
    hostIds: [...known.hosts.values()]
      .sort((a, b) => Number(isWaiting(b.state)) - Number(isWaiting(a.state)))
      .map(({ id }) => id),
    onChange: (changes) =>
      setMemory((last) =>
        last.snapshot === snapshot ? { snapshot, known: applyLiveChanges(last.known, changes) } : last,
      ),
  });
  return known;
}
