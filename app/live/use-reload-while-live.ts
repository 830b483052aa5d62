import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { isLive } from './socket';

/** Loads the page's data again and again, while it is looked at and the server is there to answer. */
export function useReloadWhileLive(everyMs = 60_000) {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && isLive()) latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
