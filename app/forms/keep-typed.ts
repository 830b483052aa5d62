import { useLocation } from '@remix-run/react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { isSignOut } from '../live';
import { isTypedFor, readTyped, writeTyped, type TypedForm } from './typed';

/** In the tab's own storage, which ends with the tab. */
const KEY = 'typed';

interface Kept {
  userId: string;
  /** Of the page it was typed on. */
  pathname: string;
  forms: TypedForm[];
}

/** What waits for its form: a form that opens at the press of a button is there later than its page. */
let waiting: Kept | null = null;

/**
 * Keeps what was typed when the page is taken away by the end of the session, by loading it anew, or by an error of its
 * frame, and fills it in when the same user is on the same page again. No secrets: they are typed again. Whoever goes
 * to another page, or signs out, leaves it behind.
 */
export function useKeepTyped(userId: string) {
  const { pathname } = useLocation();
  const place = useRef({ userId, pathname });
  useLayoutEffect(() => {
    place.current = { userId, pathname };
  });
  useLayoutEffect(() => {
    const keep = () => store(isSignOut() ? null : { ...place.current, forms: readTyped(false) });
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      // The frame goes: this runs while its fields are still there.
      keep();
    };
  }, []);

  useEffect(() => {
    waiting = waitingFor({ userId, pathname });
    store(null);
    const write = () => {
      if (waiting) waiting.forms = writeTyped(waiting.forms);
    };
    write();
    if (!waiting?.forms.length) return;
    const observer = new MutationObserver(write);
    observer.observe(document.body, { subtree: true, childList: true });
    return () => observer.disconnect();
  }, [userId, pathname]);
}

/** Opens a form that is not there from the start, when something that was typed into it waits for it. */
export function useOpenIfTyped(action: string, open: () => void) {
  const { pathname } = useLocation();
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  useEffect(() => {
    const kept = stored() ?? waiting;
    if (kept?.pathname === pathname && isTypedFor(kept.forms, action)) latest.current();
  }, [action, pathname]);
}

function waitingFor({ userId, pathname }: Pick<Kept, 'userId' | 'pathname'>): Kept | null {
  const kept = stored();
  return kept?.userId === userId && kept.pathname === pathname ? kept : null;
}

function store(kept: Kept | null) {
  try {
    if (kept?.forms.length) sessionStorage.setItem(KEY, JSON.stringify(kept));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is switched off or full. Then nothing is kept, as if the tab had been closed.
  }
}

function stored(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
  } catch {
    // As above; or another version of the product has stored something else.
    return null;
  }
}
