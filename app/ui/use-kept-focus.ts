import { useEffect, useRef } from 'react';

/**
 * After an act whose button left the page with it, as Deactivate does, the title of the page takes the focus. Else it
 * falls out of the page, and a keyboard starts again from the top. What took the focus by itself keeps it.
 */
export function useKeptFocus(isPending: boolean) {
  const wasPending = useRef(false);
  useEffect(() => {
    if (wasPending.current && !isPending) focusTitleIfLost();
    wasPending.current = isPending;
  }, [isPending]);
  // The part may go with its button, and before its answer is here: the live stream may be faster.
  useEffect(
    () => () => {
      if (wasPending.current) focusTitleIfLost();
    },
    [],
  );
}

/** A closing dialog gives the focus back one frame later; only then is it known to be lost. */
function focusTitleIfLost() {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      const title = document.querySelector<HTMLElement>('main h1');
      if (!title) return;
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
    }),
  );
}
