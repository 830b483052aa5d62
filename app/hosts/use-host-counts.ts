import { useLiveValue } from '../live/use-live';
import type { Counts } from './host-types';

interface Counted {
  feed: string;
  counts: Counts;
}

/** How many hosts are in each state, kept up to date from the loader's answer on; null for whoever may see none. */
export function useHostCounts(snapshot: Counted): Counts;
export function useHostCounts(snapshot: Counted | null): Counts | null;
export function useHostCounts(snapshot: Counted | null): Counts | null {
  return useLiveValue('hostCounts', '', { snapshot, loaded: snapshot?.counts ?? null });
}
