import type { ReactNode } from 'react';

/** In a text, for what is no text: the object replacement character of Unicode. */
export const SLOT = '\uFFFC';

/** A text with something in it that is no text, where the language has a place for it. */
export function Sentence({ text, children }: { text: string; children: ReactNode }) {
  const [before, after] = text.split(SLOT);
  return (
    <>
      {before}
      {children}
      {after}
    </>
  );
}
