import { useEffect, useRef } from 'react';

/**
 * Where a row of links is wider than the screen, the one that is chosen must not stand cut off at its edge. The page
 * itself stays.
 *
 * @returns what the link takes as its `ref`
 */
export function useInRow(isChosen: boolean) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isChosen && link.current) scrollRowTo(link.current);
  }, [isChosen]);
  return link;
}

/**
 * Words end between two pixels, in some fonts, and a browser scrolls by whole ones: it is rounded away from the edge.
 */
function scrollRowTo(link: HTMLElement) {
  const row = link.parentElement;
  if (!row) return;
  const [inner, outer] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += Math.ceil(Math.max(0, inner.right - outer.right)) - Math.ceil(Math.max(0, outer.left - inner.left));
}
