import { NavLink } from '@remix-run/react';
import type { ComponentType, ReactNode } from 'react';

interface RailItem {
  to: string;
  label: string;
  Icon: ComponentType<{ className?: string }>;
  /** How much waits there, with the words for it. Nothing waits: no badge. */
  badge?: { count: number; label: string };
}

/** The places there are. Words beside icons, then icons alone, then a bar under the thumb. */
export function Rail({ label, brand, items }: { label: string; brand: ReactNode; items: RailItem[] }) {
  return (
    <nav
      aria-label={label}
      className="flex gap-1 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-30 max-sm:justify-around
        max-sm:border-t max-sm:border-line max-sm:bg-sunken max-sm:px-2 max-sm:pt-1
        max-sm:pb-[max(0.25rem,env(safe-area-inset-bottom))] sm:flex-col"
    >
      {brand}
      {items.map(({ to, label: word, Icon, badge }) => (
        <NavLink
          key={to}
          to={to}
          end={to === '/'}
          title={word}
          className="group relative flex items-center gap-3 rounded-4 px-3 py-2 text-ink-2 hover:bg-line
            aria-[current=page]:bg-line aria-[current=page]:font-semibold aria-[current=page]:text-ink
            max-sm:min-w-0 max-sm:flex-1 max-sm:flex-col max-sm:h-12 max-sm:justify-center max-sm:px-1 max-sm:gap-0.5 max-sm:py-1 sm:max-lg:w-10
            sm:max-lg:justify-center sm:max-lg:px-0"
        >
          <Icon className="size-4 max-sm:size-5" />
          {/* On a phone there is room for the word of where one is. */}
          <span className="max-sm:text-12 max-sm:group-[:not([aria-current=page])]:sr-only sm:max-lg:sr-only">{word}</span>
          {badge && badge.count > 0 && (
            <span className="ms-auto min-w-5 rounded-8 bg-pending-tint px-1.5 text-center text-12 leading-5 font-semibold
              text-pending max-lg:absolute max-lg:-end-1 max-lg:-top-1 max-sm:start-1/2 max-sm:end-auto max-sm:ms-1.5 max-sm:top-0">
              <span aria-hidden="true">{badge.count > 99 ? '99+' : badge.count}</span>
              <span className="sr-only">{badge.label}</span>
            </span>
          )}
        </NavLink>
      ))}
    </nav>
  );
}
