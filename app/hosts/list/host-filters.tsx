import { Link, useSearchParams } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FilterLink } from '../../ui/list/filter-link';
import { ListMenu } from '../../ui/list/list-menu';
import { SearchField } from '../../ui/fields/search-field';
import { SortMenu } from '../../ui/list/sort-menu';
import { Amount } from '../../ui/figures/amount';
import { Instant } from '../../ui/figures/relative-time';
import { MachineText } from '../../ui/machine-text';
import { StateSign } from '../../ui/state-sign';
import type { FleetName } from '../../fleets/fleet-types';
import type { RuleFault } from '../../rules/rule-fault';
import { healthStates, hostStates, platforms, type Counts } from '../host-types';
import { hostQuery } from './list-query';
import { RuleFilter } from './rule-filter';

interface Props {
  counts: Counts;
  /** The one whose hosts the address asks for. */
  fleet: FleetName | null;
  fault: RuleFault | null;
}

/** What the list shows, mirrored in the address: a filtered list can be sent, bookmarked and left with Back. */
export function HostFilters({ counts, fleet, fault }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const query = hostQuery.read(params);
  // The counts are of all hosts.
  const isNarrowed = hostQuery.isFiltered(new URLSearchParams([...params].filter(([name]) => name !== 'state')));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t('hosts.search')} maxLength={253} link={(search) => hostQuery.link(params, { search })} />
        <div className="flex flex-wrap gap-2">
          <ListMenu
            face={query.platform ? t(`platform.${query.platform}`) : t('platform.any')}
            title={t('hosts.platform')}
            chosen={query.platform ?? 'any'}
            options={[
              { id: 'any', text: t('platform.any') },
              ...platforms.map((id) => ({ id, text: t(`platform.${id}`) })),
            ]}
            link={(id) => hostQuery.link(params, { platform: id === 'any' ? undefined : id })}
          />
          <ListMenu
            face={query.health ? t(`health.state.${query.health}`) : t('health.any')}
            title={t('health.filter')}
            chosen={query.health ?? 'any'}
            options={[
              { id: 'any', text: t('health.any') },
              ...healthStates.map((id) => ({ id, text: t(`health.state.${id}`) })),
            ]}
            link={(id) => hostQuery.link(params, { health: id === 'any' ? undefined : id })}
          />
          <SortMenu
            query={query}
            orders={hostQuery.orders.map((id) => ({ id, text: t(`hosts.sortBy.${id}`) }))}
            link={(order) => hostQuery.link(params, order)}
          />
        </div>
      </div>
      <RuleFilter fault={fault} link={(filter) => hostQuery.link(params, { filter })} />
      {(query.fleet || query.reason || query.configuration || query.downSince) && (
        <p className="flex flex-wrap items-center gap-x-3 text-13">
          <span className="min-w-0 text-ink-2 wrap-anywhere">
            {query.fleet && (fleet ? t('hosts.ofFleet', { fleet: fleet.name }) : t('hosts.ofNoFleet'))}{' '}
            {query.reason || query.configuration || query.downSince ? t('hosts.cause') : null}{' '}
            {query.reason && <Cause reason={query.reason} />}{' '}
            {query.configuration && t(`hosts.configuration.${query.configuration}`)}{' '}
            {query.downSince && <Instant at={query.downSince} />}
          </span>
          <Link
            to={hostQuery.link(params, {
              fleet: undefined,
              reason: undefined,
              configuration: undefined,
              downSince: undefined,
            })}
            className="link"
          >
            {t('list.clear')}
          </Link>
        </p>
      )}
      <nav
        aria-label={t('hosts.stateFilter')}
        className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-1 text-13 sm:flex-wrap"
      >
        <FilterLink isChosen={!query.state} to={hostQuery.link(params, { state: undefined })}>
          {t('hosts.all')}
        </FilterLink>
        {hostStates.map((state) => (
          <FilterLink key={state} isChosen={query.state === state} to={hostQuery.link(params, { state })}>
            <StateSign state={state} word={t(`state.${state}`)} />
            {!isNarrowed && (
              <span className="text-ink-2">
                <Amount of={counts[state]} />
              </span>
            )}
          </FilterLink>
        ))}
      </nav>
    </div>
  );
}

/** As the server says it, and in words once they are there: few come here from a cause, and all would load them. */
function Cause({ reason }: { reason: string }) {
  const [words, setWords] = useState<{ HealthReason: React.ComponentType<{ reason: string }> }>();
  useEffect(() => {
    import('../../health/reason').then(setWords, (error: unknown) =>
      console.error('A cause is shown as the server says it.', error),
    );
  }, []);
  return words ? <words.HealthReason reason={reason} /> : <MachineText text={reason} />;
}
