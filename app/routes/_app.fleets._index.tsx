import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { FleetTable } from '../fleets/fleet-table';
import { fleetQuery } from '../fleets/list-query';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { SearchField } from '../ui/fields/search-field';
import { ListPaging } from '../ui/list/list-paging';
import { SortMenu } from '../ui/list/sort-menu';
import { Total } from '../ui/list/total';

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.fleets.list(fleetQuery.read(new URL(request.url).searchParams));

export default function FleetsPage() {
  const { t } = useTranslation();
  const { fleets, nextCursor, ...counted } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const may = usePermissions();
  const isFiltered = fleetQuery.isFiltered(params);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">
          {t('fleets.title')}{' '}
          <span className="ps-1 font-normal text-ink-3">
            <Total of={counted} />
          </span>
        </h1>
        {may.has('fleets.manage') && (
          <Link to="/fleets/new" className={buttonClass('primary')}>
            {t('fleets.make')}
          </Link>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label={t('fleets.search')}
          maxLength={100}
          link={(search) => fleetQuery.link(params, { search })}
        />
        <SortMenu
          query={fleetQuery.read(params)}
          orders={fleetQuery.orders.map((id) => ({ id, text: t(`fleets.sortBy.${id}`) }))}
          link={(order) => fleetQuery.link(params, order)}
        />
      </div>
      {fleets.length > 0 ? (
        <FleetTable fleets={fleets} />
      ) : isFiltered ? (
        <EmptyState title={t('fleets.nothing')} text={t('fleets.nothingText')}>
          <Link to={fleetQuery.unfiltered(params)} className={buttonClass('quiet')}>
            {t('list.clear')}
          </Link>
        </EmptyState>
      ) : (
        <EmptyState title={t('fleets.none')} text={t('fleets.noneText')} />
      )}
      <ListPaging nextCursor={nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
