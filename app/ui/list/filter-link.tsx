import { Link } from '@remix-run/react';
import { useEffect, useRef, type ReactNode } from 'react';

/** One value of a filter that stands in the address. */
export function FilterLink({ isChosen, to, children }: { isChosen: boolean; to: string; children: ReactNode }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isChosen && link.current) scrollRowTo(link.current);
  }, [isChosen]);
  return (
    <Link
      ref={link}
      to={to}
      preventScrollReset
      aria-current={isChosen ? 'true' : undefined}
      className="inline-flex h-8 shrink-0 items-center gap-2 rounded-4 px-2.5 whitespace-nowrap hover:bg-sunken
        aria-[current]:bg-line pointer-coarse:h-10"
    >
      {children}
    </Link>
  );
}

/**
 * Where the row is wider than the screen, what is chosen must not stand cut off at its edge. The page itself stays.
 * Words end between two pixels, in some fonts, and a browser scrolls by whole ones: it is rounded away from the edge.
 */
function scrollRowTo(link: HTMLElement) {
  const row = link.parentElement;
  if (!row) return;
  const [inner, outer] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += Math.ceil(Math.max(0, inner.right - outer.right)) - Math.ceil(Math.max(0, outer.left - inner.left));
}
