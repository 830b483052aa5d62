import { isSecret, typedForm, type FieldState, type TypedForm } from './typed';

/** In the tab's own storage, which ends with the tab. */
const KEY = 'sent';

interface Sent {
  userId: string;
  pathname: string;
  action: string;
  fields: FieldState[];
}

/**
 * A script that stands in the page itself, before any other: keeps what the browser sends without the page's script, in
 * case the session has ended and the answer is the sign-in. No secrets.
 */
export const keepSentScript = () =>
  `(${keepSent.toString()})(${JSON.stringify(KEY)}, ${shownUserId.toString()}, ${isSecret.toString()})`;

/** What was sent before this page, once. */
export function takeSent(): { userId: string; pathname: string; forms: TypedForm[] } | null {
  try {
    const sent = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Sent | null;
    sessionStorage.removeItem(KEY);
    return sent && { userId: sent.userId, pathname: sent.pathname, forms: [typedForm(sent.action, sent.fields)] };
  } catch {
    // Storage is switched off, or another version of the product has stored something else. Then nothing was kept.
    return null;
  }
}

/** Of whom the page is that is shown: the frame says so. */
export const shownUserId = () => document.querySelector<HTMLElement>('[data-user-id]')?.dataset.userId ?? '';

/** Runs by itself, as text: it may use nothing from outside. */
function keepSent(key: string, userIdOf: typeof shownUserId, isKeptOut: typeof isSecret) {
  addEventListener('submit', ({ target }) => {
    const form = target as HTMLFormElement;
    const userId = userIdOf();
    if (!userId || 'hydrated' in document.documentElement.dataset) return;
    const fields = [...form.querySelectorAll<HTMLInputElement>('input, textarea, select')].map((field) => {
      const { name, type, autocomplete, checked } = field;
      return { name, type, autocomplete, checked, value: isKeptOut(field) ? '' : field.value };
    });
    const { pathname } = location;
    try {
      const sent: Sent = { userId, pathname, action: form.getAttribute('action') ?? '', fields };
      sessionStorage.setItem(key, JSON.stringify(sent));
    } catch {
      // Storage is switched off or full. The form is sent all the same.
    }
  });
}
