import { useId, type ReactNode } from 'react';
import { Amount } from './figures/amount';

interface Props {
  title: ReactNode;
  /** How many there are, beside the title. */
  count?: ReactNode;
  /** Acts and links of the whole section. */
  end?: ReactNode;
  children: ReactNode;
}

export function Section({ title, count, end, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 pb-2">
        <h2 id={id} className="text-14 font-semibold">
          {title}
          {count !== undefined && (
            <span className="ps-2 font-normal text-ink-3">
              {typeof count === 'number' ? <Amount of={count} /> : count}
            </span>
          )}
        </h2>
        {end}
      </div>
      {children}
    </section>
  );
}
