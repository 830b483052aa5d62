import { Link } from '@remix-run/react';

interface Props {
  label: string;
  tabs: { to: string; text: string; isHere: boolean }[];
}

/**
 * Views of one object. Links, not an ARIA tab list: each has its own address, so that it can be opened, sent and left
 * with Back.
 */
export function Tabs({ label, tabs }: Props) {
  return (
    <nav aria-label={label} className="flex gap-6 overflow-x-auto border-b border-line">
      {tabs.map(({ to, text, isHere }) => (
        <Link
          key={to}
          to={to}
          preventScrollReset
          aria-current={isHere ? 'page' : undefined}
          className="-mb-px border-b-2 border-transparent py-2 text-13 text-ink-2 hover:text-ink
            aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
