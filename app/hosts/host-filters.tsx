import { useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../ui/list/filter-link';
import { ListMenu } from '../ui/list/list-menu';
import { SearchField } from '../ui/fields/search-field';
import { SortMenu } from '../ui/list/sort-menu';
import { StateSign } from '../ui/state-sign';
import { hostStates, platforms, type Counts } from './host-types';
import { listLink, readListQuery } from './list-query';

const ORDERS = ['fqdn_asc', 'fqdn_desc', 'registered_desc', 'registered_asc', 'lastSeen_desc', 'lastSeen_asc'] as const;

/** What the list shows, mirrored in the address: a filtered list can be sent, bookmarked and left with Back. */
export function HostFilters({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const query = readListQuery(params);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t('hosts.search')} maxLength={253} link={(search) => listLink(params, { search })} />
        <div className="flex gap-2">
          <ListMenu
            face={query.platform ? t(`platform.${query.platform}`) : t('platform.any')}
            title={t('hosts.platform')}
            chosen={query.platform ?? 'any'}
            options={[{ id: 'any', text: t('platform.any') }, ...platforms.map((id) => ({ id, text: t(`platform.${id}`) }))]}
            link={(id) => listLink(params, { platform: id === 'any' ? undefined : id })}
          />
          <SortMenu query={query} orders={ORDERS.map((id) => ({ id, text: t(`hosts.sortBy.${id}`) }))} link={(order) => listLink(params, order)} />
        </div>
      </div>
      <nav
        aria-label={t('hosts.stateFilter')}
        className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
      >
        <FilterLink isChosen={!query.state} to={listLink(params, { state: undefined })}>
          {t('hosts.all')}
        </FilterLink>
        {hostStates.map((state) => (
          <FilterLink key={state} isChosen={query.state === state} to={listLink(params, { state })}>
            <StateSign state={state} word={t(`state.${state}`)} />
            <span className="text-ink-2">{counts[state]}</span>
          </FilterLink>
        ))}
      </nav>
    </div>
  );
}
