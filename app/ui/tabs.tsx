import { Link } from '@remix-run/react';
import { useInRow } from './use-in-row';

interface Tab {
  to: string;
  text: string;
  isHere: boolean;
}

/**
 * Views of one object. Links, not an ARIA tab list: each has its own address, so that it can be opened, sent and left
 * with Back.
 */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="flex gap-6 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <TabLink key={tab.to} {...tab} />
      ))}
    </nav>
  );
}

function TabLink({ to, text, isHere }: Tab) {
  return (
    <Link
      ref={useInRow(isHere)}
      to={to}
      preventScrollReset
      aria-current={isHere ? 'page' : undefined}
      className="shrink-0 border-b-2 border-transparent py-2 text-13 whitespace-nowrap text-ink-2 hover:text-ink
        aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
    >
      {text}
    </Link>
  );
}
