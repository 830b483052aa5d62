import { useEffect, useRef, useSyncExternalStore } from 'react';

/** How long the second key of `g h` may take, in milliseconds. */
const SEQUENCE_MS = 1_000;

/**
 * What a key means after what was pressed before it: the shortcut it completes, or what to wait on with.
 *
 * @param shortcuts as they are written: `?`, `g h`
 * @param pending the beginning pressed so far, or nothing
 */
export function matchShortcut(shortcuts: readonly string[], pending: string, key: string) {
  // A key that does not go on with the beginning starts anew: `g j` still moves down a row.
  for (const typed of pending ? [`${pending} ${key}`, key] : [key]) {
    if (shortcuts.includes(typed)) return { completed: typed, pending: '' };
    if (shortcuts.some((shortcut) => shortcut.startsWith(`${typed} `))) return { completed: null, pending: typed };
  }
  return { completed: null, pending: '' };
}

const TYPED_INTO =
  'input, textarea, select, [contenteditable], [role=menu], [role=listbox], [role=dialog], [role=alertdialog]';

/** Runs an act for each shortcut; never while somebody types, chooses from a menu or is asked something. */
export function useShortcuts(acts: Record<string, () => void>, isEnabled: boolean) {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });

  useEffect(() => {
    if (!isEnabled) return;
    let pending = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    function press(event: KeyboardEvent) {
      // Ctrl, Alt and Meta belong to the browser and the system.
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return;
      const match = matchShortcut(Object.keys(latest.current), pending, event.key);
      pending = match.pending;
      clearTimeout(timer);
      timer = setTimeout(() => (pending = ''), SEQUENCE_MS);
      if (!match.completed) return;
      event.preventDefault();
      latest.current[match.completed]?.();
    }
    document.addEventListener('keydown', press);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('keydown', press);
    };
  }, [isEnabled]);
}

const KEY = 'shortcuts';
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

/**
 * Whether this browser's user wants single-key shortcuts (WCAG 2.2, 2.1.4 asks for the choice), and how to change it.
 */
export function useShortcutsEnabled(): [isEnabled: boolean, enable: (isEnabled: boolean) => void] {
  const isEnabled = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(KEY) !== 'off',
    () => true,
  );
  const enable = (next: boolean) => {
    localStorage.setItem(KEY, next ? 'on' : 'off');
    for (const listener of listeners) listener();
  };
  return [isEnabled, enable];
}

/** Moves the focus to the next (1) or previous (-1) link marked `data-row`, from wherever it is. */
export function focusRow(step: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return;
  const here = rows.findIndex(
    (row) => row === document.activeElement || row.closest('tr')?.contains(document.activeElement),
  );
  const target = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + step));
  rows[target]?.focus();
}

/** Presses the checkbox of the row that has the focus. */
export function toggleRow() {
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-select] input')?.click();
}
