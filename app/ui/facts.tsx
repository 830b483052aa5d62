import type { ReactNode } from 'react';

/**
 * Names and values, a line each. A value that is not known says so with a dash, so that a gap is not taken for a
 * mistake.
 */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="text-13">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-4 border-b border-line py-1.5 last:border-0">
          <dt className="w-32 shrink-0 text-ink-2">{name}</dt>
          <dd className="min-w-0 grow wrap-anywhere">{value || '–'}</dd>
        </div>
      ))}
    </dl>
  );
}
