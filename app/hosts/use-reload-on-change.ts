import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';

/** A switch that fails takes hundreds of hosts with it; the page asks once for all of them. */
const GATHER_MS = 500;

/** Loads the page's data again, a moment after `isStale` has become true, for what the live stream does not carry. */
export function useReloadOnChange(isStale: boolean) {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    if (!isStale) return;
    const timer = setTimeout(() => latest.current(), GATHER_MS);
    return () => clearTimeout(timer);
  }, [isStale]);
}
