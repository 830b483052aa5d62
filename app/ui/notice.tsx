import type { ReactNode } from 'react';

/** Something went wrong with an act, beside the act. Read out at once. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div
      role="alert"
      className="flex flex-col gap-1 rounded-4 border-s-4 border-down-edge bg-down-tint px-3 py-2 text-13"
    >
      <p className="font-medium text-down">{title}</p>
      {children}
    </div>
  );
}
