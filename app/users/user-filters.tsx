import { useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../ui/list/filter-link';
import { ListMenu } from '../ui/list/list-menu';
import { SearchField } from '../ui/fields/search-field';
import { SortMenu } from '../ui/list/sort-menu';
import { userQuery } from './list-query';
import { UserState } from './user-state';
import { roles, userStates } from './user-types';

/** Whom the list shows and in what order, mirrored in the address. */
export function UserFilters() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const query = userQuery.read(params);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t('users.search')} maxLength={254} link={(search) => userQuery.link(params, { search })} />
        <div className="flex gap-2">
          <ListMenu
            face={query.role ? t(`role.${query.role}`) : t('users.anyRole')}
            title={t('role.label')}
            chosen={query.role ?? 'any'}
            options={[{ id: 'any', text: t('users.anyRole') }, ...roles.map((id) => ({ id, text: t(`role.${id}`) }))]}
            link={(id) => userQuery.link(params, { role: id === 'any' ? undefined : id })}
          />
          <SortMenu
            query={query}
            orders={userQuery.orders.map((id) => ({ id, text: t(`users.sortBy.${id}`) }))}
            link={(order) => userQuery.link(params, order)}
          />
        </div>
      </div>
      <nav
        aria-label={t('users.stateFilter')}
        className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
      >
        <FilterLink isChosen={!query.state} to={userQuery.link(params, { state: undefined })}>
          {t('users.all')}
        </FilterLink>
        {userStates.map((state) => (
          <FilterLink key={state} isChosen={query.state === state} to={userQuery.link(params, { state })}>
            <UserState state={state} />
          </FilterLink>
        ))}
      </nav>
    </div>
  );
}
