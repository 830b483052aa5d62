import { Link } from '@remix-run/react';

interface Crumb {
  text: string;
  to: string;
}

/** Where the page is. The last step is the page itself and leads nowhere. */
export function Breadcrumb({ label, crumbs }: { label: string; crumbs: Crumb[] }) {
  return (
    <nav aria-label={label} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-2 text-13">
        {crumbs.map(({ text, to }, at) => {
          const isHere = at === crumbs.length - 1;
          return (
            <li key={to} className={`flex min-w-0 items-center gap-2 ${isHere ? '' : 'shrink-0'}`}>
              {at > 0 && (
                <span aria-hidden="true" className="text-ink-3">
                  /
                </span>
              )}
              {isHere ? (
                <span aria-current="page" className="truncate font-medium" title={text}>
                  <bdi>{text}</bdi>
                </span>
              ) : (
                <Link to={to} className="text-ink-2 hover:text-ink hover:underline">
                  {text}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
