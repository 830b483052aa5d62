import { Link, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../../ui/list/filter-link';

/** Somebody's saved views of the list, each a link, and the way to the page that keeps them. */
export function SavedViews({ views }: { views: { id: string; name: string; query: string }[] }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  return (
    <nav
      aria-label={t('views.list')}
      className="-mx-1 flex items-center gap-1 overflow-x-auto px-1 text-13 sm:flex-wrap"
    >
      {views.map(({ id, name, query }) => (
        <FilterLink key={id} isChosen={query === params.toString()} to={`/hosts?${query}`}>
          <bdi>{name}</bdi>
        </FilterLink>
      ))}
      <Link to={`/hosts/view?${params}`} className="link whitespace-nowrap">
        {t('views.title')}
      </Link>
    </nav>
  );
}
