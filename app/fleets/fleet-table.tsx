import { Link, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { columnSorting } from '../ui/list/sorting';
import { Cell, Column, HeadCell, Row, SortColumn, Table } from '../ui/list/table';
import type { FleetRow } from './fleet-types';
import { fleetQuery } from './list-query';

export function FleetTable({ fleets }: { fleets: FleetRow[] }) {
  const { t, i18n } = useTranslation();
  const [params] = useSearchParams();
  const sorting = columnSorting({
    query: fleetQuery.read(params),
    natural: fleetQuery.natural,
    link: (order) => fleetQuery.link(params, order),
  });
  return (
    <Table
      label={t('fleets.table')}
      head={
        <>
          <SortColumn {...sorting('name')}>{t('fleets.column.name')}</SortColumn>
          <Column>{t('fleets.column.rule')}</Column>
          <Column>{t('fleets.column.hosts')}</Column>
        </>
      }
    >
      {fleets.map((fleet) => (
        <Row
          key={fleet.id}
          className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            <Link to={`/fleets/${fleet.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
              <bdi>{fleet.name}</bdi>
            </Link>
            {fleet.description && <span className="block text-12 text-ink-2 wrap-anywhere">{fleet.description}</span>}
          </HeadCell>
          <Cell className="max-sm:order-last max-sm:col-span-2">
            {fleet.rule ? (
              <span className="mono text-12 wrap-anywhere" dir="ltr">
                {fleet.rule}
              </span>
            ) : (
              <span className="text-ink-2">{t('fleet.noRule')}</span>
            )}
          </Cell>
          <Cell className="max-sm:justify-self-end">{fleet.hosts.toLocaleString(i18n.language)}</Cell>
        </Row>
      ))}
    </Table>
  );
}
