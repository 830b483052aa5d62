import { useEffect, useState } from 'react';

/**
 * When what has the focus leaves the page, as the button of Deactivate does with the act, whoever did it, the title of the page
 * takes the focus. Else it falls out of the page, and a keyboard starts again from the top. Once in a page, and draws nothing.
 */
export function KeptFocus() {
  const [losses, setLosses] = useState(0);
  useEffect(() => {
    let focused: EventTarget | null = null;
    const onFocus = ({ target }: FocusEvent) => void (focused = target);
    // A browser tells of it while the element is being taken away, too: only afterwards is it known who gave the focus up.
    const onBlur = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (focused === target && target instanceof Node && target.isConnected && document.activeElement !== target) focused = null;
      });
    const observer = new MutationObserver(() => {
      if (!(focused instanceof Node) || focused.isConnected) return;
      focused = null;
      setLosses((count) => count + 1);
    });
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', onBlur);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', onBlur);
      observer.disconnect();
    };
  }, []);
  // A dialog that closes gives the focus back to its button one frame after its effects have ended, which they have here.
  useEffect(() => {
    if (losses === 0) return;
    const frame = requestAnimationFrame(focusTitleIfLost);
    return () => cancelAnimationFrame(frame);
  }, [losses]);
  return null;
}

/** What has taken the focus meanwhile keeps it. */
function focusTitleIfLost() {
  if (document.activeElement !== document.body) return;
  const title = document.querySelector<HTMLElement>('main h1');
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}
