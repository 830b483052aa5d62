import { useEffect, useState } from 'react';

/**
 * When what has the focus leaves the page or is switched off, the title of the page takes the focus: after an act, the
 * button of Deactivate is gone, whoever did it. Else the focus is nowhere, and a keyboard starts again from the top.
 * Once in a page, and draws nothing.
 */
export function KeptFocus() {
  const [losses, setLosses] = useState(0);
  useEffect(() => {
    let focused = document.activeElement;
    const onFocus = ({ target }: FocusEvent) => void (focused = target as Element);
    // Some browsers tell of it while the element is being taken away, too: only afterwards is it known who gave the
    // focus up.
    const onBlur = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (focused && focused === target && !isLost(focused) && document.activeElement !== focused) focused = null;
      });
    const observer = new MutationObserver(() => {
      if (!focused || !isLost(focused)) return;
      focused = null;
      setLosses((count) => count + 1);
    });
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', onBlur);
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    return () => {
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', onBlur);
      observer.disconnect();
    };
  }, []);
  // A dialog that closes gives the focus back to its button a frame after its effects have ended, and another one later
  // if it was a screen reader that clicked. React ends them before it draws this state anew, so that its frames come
  // before ours.
  useEffect(() => {
    if (losses === 0) return;
    let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(focusTitleIfLost)));
    return () => cancelAnimationFrame(frame);
  }, [losses]);
  return null;
}

const isLost = (element: Element) => !element.isConnected || element.matches(':disabled');

/** What has taken the focus meanwhile keeps it. */
function focusTitleIfLost() {
  if (document.activeElement !== document.body) return;
  const title = document.querySelector<HTMLElement>('main h1');
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}
