import { useLocation } from '@remix-run/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { isSignOut } from '../live/socket';
import { shownUserId, takeSent } from './keep-sent';
import { isTypedFor, readTyped, withoutSecrets, writeTyped, type TypedForm } from './typed';

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
const observer = typeof document === 'undefined' ? null : new MutationObserver(fillIn);

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
    const keep = () => {
      const forms = withoutSecrets([...readTyped(), ...(waiting?.forms ?? [])]);
      store(isSignOut() ? null : { ...place.current, forms });
    };
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      // The frame goes: this runs while its fields are still there.
      keep();
    };
  }, []);

  useEffect(() => {
    const sent = takeSent();
    // The frame itself may have been what could not load: then it waits already, with its secrets.
    const kept = waiting ?? stored();
    waitForForms(kept?.userId === userId && kept.pathname === pathname ? without(kept, sent) : null);
    store(null);
    return () => waitForForms(null);
  }, [userId, pathname]);
}

/**
 * For what stands in for a page that could not load its data again: keeps what was typed on that page until it is back.
 * It is read while this is drawn for the first time, as the page is taken away before any effect of this runs.
 */
export function useKeepTypedMeanwhile() {
  const { pathname } = useLocation();
  const [typed] = useState(() =>
    typeof document === 'undefined' ? null : { userId: shownUserId(), pathname, forms: readTyped() },
  );
  useEffect(() => waitForForms(typed), [typed]);
}

/** For sign-in: a form that was sent when the session had ended already waits for whoever sent it. */
export function useKeepSent() {
  useEffect(() => {
    const sent = takeSent();
    if (sent) store({ ...sent, forms: withoutSecrets(sent.forms) });
  }, []);
}

/** What has been sent meanwhile, before the script was there, need not come back. */
const without = (kept: Kept, sent: Kept | null): Kept => ({
  ...kept,
  forms: kept.forms.filter(({ form }) => !sent?.forms.some((one) => one.form === form)),
});

function waitForForms(typed: typeof waiting) {
  waiting = typed;
  observer?.disconnect();
  if (!waiting?.forms.length) return;
  observer?.observe(document.body, { subtree: true, childList: true });
  fillIn();
}

function fillIn() {
  const userId = shownUserId();
  // Nobody's page is there yet, or another: it waits on.
  if (!waiting || !userId || location.pathname !== waiting.pathname) return;
  // It is drawn, and this called, before the effect that would take it away.
  waiting.forms = userId === waiting.userId ? writeTyped(waiting.forms) : [];
  if (!waiting?.forms.length) observer?.disconnect();
}

/**
 * Opens a form that is not there from the start, when something that was typed into it waits for it. `fields` as for
 * `isTypedFor`.
 */
export function useOpenIfTyped(action: string, open: () => void, fields?: readonly string[]) {
  const { pathname } = useLocation();
  const latest = useRef({ open, fields });
  useEffect(() => {
    latest.current = { open, fields };
  });
  useEffect(() => {
    const kept = stored() ?? waiting;
    const { open, fields } = latest.current;
    if (kept?.userId === shownUserId() && kept.pathname === pathname && isTypedFor(kept.forms, action, fields)) open();
  }, [action, pathname]);
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
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    return Array.isArray(kept?.forms) ? kept : null;
  } catch {
    // As above; or another version of the product has stored something else.
    return null;
  }
}
