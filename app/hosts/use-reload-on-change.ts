import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/** A switch that fails takes hundreds of hosts with it; the page asks once for all of them. */
const GATHER_MS = 500;

/**
 * Loads the page's data again once `isStale` has become true, for what the live stream does not carry.
 * @param gatherMs how long to wait for more of it
 */
export function useReloadOnChange(isStale: boolean, gatherMs = GATHER_MS) {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    if (!isStale) return;
    const timer = setTimeout(() => latest.current(), gatherMs);
    return () => clearTimeout(timer);
  }, [isStale, gatherMs]);
}
