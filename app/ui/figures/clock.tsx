import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';

const ServerNow = createContext(0);

/**
 * @param serverNow when the server rendered, in milliseconds since 1970: the page must hydrate with the very same "now"
 */
export function ClockProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  return <ServerNow.Provider value={serverNow}>{children}</ServerNow.Provider>;
}

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
let zone: string | undefined;

function tick() {
  now = Date.now();
  zone = undefined;
  for (const listener of listeners) listener();
}

// One timer for the whole page: a list of a hundred relative times must not be a hundred timers.
function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
    // A tab in the background ticks rarely; coming back to it must not show old times.
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The present, in milliseconds since 1970, renewed every ten seconds. */
export function useNow(): number {
  const serverNow = useContext(ServerNow);
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => serverNow,
  );
}

const never = () => () => {};
/**
 * Kept until the next tick: to ask the browser makes a formatter, and each instant of a long list asks more than once.
 */
const browserZone = () => (zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);

/** The reader's time zone. The server cannot know it, so the first render is in UTC and says so. */
export function useTimeZone(): string {
  return useSyncExternalStore(never, browserZone, () => 'UTC');
}
