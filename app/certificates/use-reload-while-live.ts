import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { isLive } from '../live/socket';

const RELOAD_EVERY_MS = 60_000;

/** Loads the page's data again once a minute, while it is looked at and the server is there to answer. */
export function useReloadWhileLive() {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && isLive()) latest.current();
    }, RELOAD_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
}
