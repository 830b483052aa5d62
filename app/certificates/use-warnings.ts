import { useEffect, useState } from 'react';
import { live } from '../live/socket';
import type { Warning } from './certificate-types';

/** What counts in days need not be asked for more often. */
const ASK_EVERY_MS = 60_000;

/**
 * The warnings as they are, in a tab that stays open for months. Without a connection they stay what they were.
 * @param loaded null for whoever may not see them: they are not asked for
 */
export function useWarnings(loaded: Warning[] | null): Warning[] {
  const [heard, setHeard] = useState({ loaded, warnings: loaded });
  useEffect(() => {
    if (!loaded) return;
    const asking = new AbortController();
    const ask = () => {
      if (document.visibilityState === 'hidden') return;
      live()
        .certificates.warnings.query(undefined, { signal: asking.signal })
        .then(
          (warnings) => setHeard({ loaded, warnings }),
          // The connection indicator says that there is none; a session that ended is found by the live stream.
          () => undefined,
        );
    };
    const timer = setInterval(ask, ASK_EVERY_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      asking.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [loaded]);
  return (heard.loaded === loaded ? heard.warnings : loaded) ?? [];
}
