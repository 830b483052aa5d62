import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/** A switch that fails takes hundreds of hosts with it; the page asks once for all of them. */
const GATHER_MS = 500;
/**
 * Between two loads that change nothing of it, as where another process of the server answers than the one that tells.
 */
const LONGEST_MS = 30_000;

/**
 * Loads the page's data again once `isStale` has become true, for what the live stream does not carry.
 * @param gatherMs how long to wait for more of it
 */
export function useReloadOnChange(isStale: boolean, gatherMs = GATHER_MS) {
  const { revalidate, state } = useRevalidator();
  const latest = useRef(revalidate);
  const loads = useRef(0);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    if (!isStale) return void (loads.current = 0);
    if (state !== 'idle') return;
    const waitMs = loads.current === 0 ? gatherMs : Math.min(LONGEST_MS, 1_000 * 2 ** loads.current);
    const timer = setTimeout(() => {
      loads.current++;
      latest.current();
    }, waitMs);
    return () => clearTimeout(timer);
  }, [isStale, state, gatherMs]);
}
