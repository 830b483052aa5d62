import { useSyncExternalStore } from 'react';

const neverChanges = () => () => {};

/**
 * What a script announces when it is done, on a page that has none or none yet. Not in a noscript element: a script
 * that is late, or fails to load, would leave it unsaid.
 */
export function DoneWithoutScript({ isDone, text }: { isDone: boolean; text: string }) {
  const hasScript = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  if (!isDone || hasScript) return null;
  return (
    <p role="status" className="rounded-4 bg-sunken px-4 py-3">
      {text}
    </p>
  );
}
