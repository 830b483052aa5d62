import { useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../ui/filter-link';
import { SearchField } from '../ui/search-field';
import { SortMenu } from '../ui/sort-menu';
import { listLink, readListQuery } from './list-query';
import { UserState } from './user-state';
import { userStates } from './user-types';

const ORDERS = [
  'email_asc',
  'email_desc',
  'name_asc',
  'name_desc',
  'lastSignIn_desc',
  'lastSignIn_asc',
  'created_desc',
  'created_asc',
] as const;

/** Whom the list shows and in what order, mirrored in the address. */
export function UserFilters() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const query = readListQuery(params);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t('users.search')} maxLength={254} link={(search) => listLink(params, { search })} />
        <SortMenu query={query} orders={ORDERS.map((id) => ({ id, text: t(`users.sortBy.${id}`) }))} link={(order) => listLink(params, order)} />
      </div>
      <nav aria-label={t('users.stateFilter')} className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap">
        <FilterLink isChosen={!query.state} to={listLink(params, { state: undefined })}>
          {t('users.all')}
        </FilterLink>
        {userStates.map((state) => (
          <FilterLink key={state} isChosen={query.state === state} to={listLink(params, { state })}>
            <UserState state={state} />
          </FilterLink>
        ))}
      </nav>
    </div>
  );
}
