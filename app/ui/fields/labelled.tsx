import type { ReactNode } from 'react';

/** The column's name beside its figure, where there is no column. Screen readers know it from the table. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span className="shrink-0 text-12 text-ink-3 sm:hidden" aria-hidden="true">
        {label}
      </span>
      {children}
    </span>
  );
}
