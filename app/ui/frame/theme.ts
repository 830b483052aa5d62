import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const COOKIE = 'theme';

/**
 * A cookie and not localStorage: the server then sends the page in the right colours,
 * with no script before the first paint and no flash.
 *
 * @param cookies the request's Cookie header
 */
export function readTheme(cookies: string | null): Theme {
  const value = cookies
    ?.split(';')
    .map((cookie) => cookie.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];
  return themes.find((theme) => theme === value) ?? 'system';
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Shows the theme at once and keeps it for a year. */
export function chooseTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `${COOKIE}=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
  for (const listener of listeners) listener();
}

/**
 * The theme of the page, the same wherever it is chosen.
 *
 * @param sent the one it came with
 */
export const useTheme = (sent: Theme): Theme =>
  useSyncExternalStore(
    subscribe,
    () => themes.find((theme) => theme === document.documentElement.dataset.theme) ?? sent,
    () => sent,
  );
