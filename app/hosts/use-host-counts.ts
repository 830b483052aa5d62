import { useLiveValue } from '../live/use-live';
import type { Counts } from './host-types';

/** How many hosts are in each state, kept up to date from the loader's answer on. */
export const useHostCounts = (snapshot: { feed: string; counts: Counts }): Counts =>
  useLiveValue('hostCounts', '', { snapshot, loaded: snapshot.counts });
