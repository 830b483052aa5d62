import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useInRow } from '../use-in-row';

/** One value of a filter that stands in the address. */
export function FilterLink({ isChosen, to, children }: { isChosen: boolean; to: string; children: ReactNode }) {
  return (
    <Link
      ref={useInRow(isChosen)}
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
