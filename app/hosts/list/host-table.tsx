import { Link, useSearchParams } from '@remix-run/react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RowCheckbox } from '../../ui/fields/checkbox';
import { useNow } from '../../ui/figures/clock';
import { Labelled } from '../../ui/fields/labelled';
import { MachineName } from '../../ui/machine-text';
import { RelativeTime } from '../../ui/figures/relative-time';
import { columnSorting } from '../../ui/list/sorting';
import type { useSteadyRows } from '../../ui/list/steady-rows';
import { Cell, Column, HeadCell, Row, SortColumn, Table } from '../../ui/list/table';
import { HealthLine } from '../../health/health-line';
import type { KnownHosts } from '../apply-live-change';
import { HostState } from '../host-state';
import type { FleetsOfHosts } from '../../fleets/fleet-types';
import type { HostRow } from '../host-types';
import { COLUMNS, type HostColumn, isSorted } from './columns';
import { hostQuery } from './list-query';
import { CpuMeter, DiskMeter, MemoryMeter, Stale } from './sample-meters';
import { SystemName } from '../system-name';

/** How each row is shown. */
export interface ShownRows {
  columns: ReadonlySet<HostColumn>;
  selected: ReadonlySet<string>;
  /** Of which fleets each is; null while that column is not shown. */
  fleetsOf: FleetsOfHosts | null;
  /** Absent for who may do nothing with a selection. */
  onSelect: ((hostId: string, isSelected: boolean) => void) | undefined;
}

interface Props extends ShownRows {
  listed: ReturnType<typeof useSteadyRows<HostRow>>;
  known: KnownHosts;
  /** The rest of the list, and how many rows there are with it; without one these are all. */
  more?: ReactNode;
  rowCount: number | undefined;
}

const SAMPLE_METERS = { cpu: CpuMeter, memory: MemoryMeter, disk: DiskMeter };
const METERS = ['cpu', 'memory', 'disk'] as const;
const isMeter = (column: HostColumn): column is (typeof METERS)[number] => column in SAMPLE_METERS;

/** Of their heads, and so of all in them. */
const WIDTHS: Record<HostColumn, string> = {
  ...{ state: 'w-48', system: 'w-52 max-xl:hidden', cpu: 'w-24 xl:w-28', memory: 'w-24 xl:w-28', disk: 'w-24 xl:w-28' },
  ...{ lastSeen: 'w-28', certificate: 'w-26', tags: 'w-52', fleets: 'w-52', agent: 'w-28', registered: 'w-28' },
};

/**
 * The list. Its rows change in place; which they are and in what order changes only when it is asked for.
 */
export function HostTable(props: Props) {
  const { known, more, rowCount, columns, selected, fleetsOf, onSelect } = props;
  const { rows, hold } = props.listed;
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const sorting = columnSorting({
    query: hostQuery.read(params),
    natural: hostQuery.natural,
    link: (order) => hostQuery.link(params, order),
  });
  return (
    <div {...hold}>
      <Table
        label={t('hosts.table')}
        // With more columns than the usual the name would be left without a width of its own.
        layout={`sm:table-fixed ${columns.size > 7 ? 'sm:min-w-[88rem]' : 'sm:min-w-[52rem]'}`}
        rowCount={rowCount}
        more={more}
        head={
          <>
            <SortColumn {...sorting('fqdn')}>{t('hosts.column.name')}</SortColumn>
            {COLUMNS.map(
              (name) =>
                columns.has(name) &&
                (isSorted(name) ? (
                  <SortColumn key={name} {...sorting(name)} className={WIDTHS[name]}>
                    {isMeter(name) ? t(`metric.${name}`) : t(`hosts.column.${name}`)}
                  </SortColumn>
                ) : (
                  <Column key={name} className={WIDTHS[name]}>
                    {t(`hosts.column.${name}`)}
                  </Column>
                )),
            )}
          </>
        }
      >
        {rows.map(({ row, hasLeft }, i) => (
          <HostTableRow
            key={row.id}
            index={more ? i : undefined}
            columns={columns}
            host={row}
            isGone={hasLeft || known.gone.has(row.id)}
            changes={known.changes.get(row.id) ?? 0}
            isSelected={selected.has(row.id)}
            fleets={fleetsOf?.[row.id]}
            onSelect={onSelect}
          />
        ))}
      </Table>
    </div>
  );
}

interface RowProps extends Pick<ShownRows, 'columns' | 'onSelect'> {
  host: HostRow;
  /** Which row of the list it is, from 0, where some are not drawn. */
  index: number | undefined;
  isGone: boolean;
  changes: number;
  isSelected: boolean;
  fleets: FleetsOfHosts[string] | undefined;
}

/** Hundreds of them hear of one host's change: only its own row is rendered again. */
export const HostTableRow = memo(function HostTableRow(props: RowProps) {
  const { host, index, isGone, changes, isSelected, fleets, onSelect, columns } = props;
  const { t } = useTranslation();
  // Figures of a host that is not there are history, and history in a column of the present misleads.
  const sample = host.state === 'up' ? host.sample : null;
  const stale = sample && host.isSampleStale ? <Stale at={sample.at} /> : null;
  return (
    <Row
      changes={changes}
      isFaded={isGone}
      index={index}
      className="max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_minmax(0,auto)] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
    >
      <HeadCell>
        <span className="flex items-start gap-2">
          {onSelect && (
            <span className="-my-0.5 inline-flex">
              <RowCheckbox
                label={t('selection.select', { host: host.fqdn })}
                isSelected={isSelected}
                onChange={(isOn) => onSelect(host.id, isOn)}
              />
            </span>
          )}
          <span className="min-w-0">
            <Link to={`/hosts/${host.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
              <MachineName name={host.fqdn} />
            </Link>
            {host.reportedFqdn && (
              <span className="block text-12 text-ink-2 wrap-anywhere">
                {t('host.callsItself')} <span className="mono">{host.reportedFqdn}</span>
              </span>
            )}
            <span className="mono block text-12 text-ink-2 wrap-anywhere">{host.addresses[0]}</span>
            {/* Where there is no room for its column. */}
            <span className="block text-12 text-ink-2 xl:hidden">
              <SystemName host={host} />
            </span>
          </span>
        </span>
      </HeadCell>
      {columns.has('state') && (
        <Cell className="max-sm:justify-self-end max-sm:text-end max-sm:[&>div>span]:items-end">
          {/* As high while it is well: who becomes ill moves no row. */}
          <div className="sm:min-h-14">
            {isGone ? <span className="text-ink-2">{t('hosts.goneNow')}</span> : <HostState host={host} isStacked />}
            {!isGone && host.health && host.health.state !== 'ok' && <HealthLine health={host.health} />}
          </div>
        </Cell>
      )}
      {columns.has('system') && (
        <Cell className="max-xl:hidden">
          <SystemName host={host} />
        </Cell>
      )}
      {METERS.map((name) => {
        const Meter = SAMPLE_METERS[name];
        return (
          columns.has(name) && (
            <Cell key={name} className={name === 'memory' ? 'max-sm:justify-self-end' : ''}>
              <Labelled label={t(`metric.${name}`)}>{stale ?? <Meter sample={sample} />}</Labelled>
            </Cell>
          )
        );
      })}
      {columns.has('lastSeen') && (
        <Cell className="max-sm:justify-self-end sm:whitespace-nowrap">
          <Labelled label={t('hosts.column.lastSeen')}>
            {host.state === 'up' ? t('hosts.now') : host.lastSeen ? <RelativeTime at={host.lastSeen} /> : '–'}
          </Labelled>
        </Cell>
      )}
      {columns.has('certificate') && (
        <Cell className="sm:whitespace-nowrap">
          <Labelled label={t('hosts.column.certificate')}>
            {host.renewalRequestedAt && !isGone ? (
              t('hosts.renewing')
            ) : (
              <CertificateDays expires={host.certificateExpires} />
            )}
          </Labelled>
        </Cell>
      )}
      {columns.has('tags') && (
        <Cell>
          <Labelled label={t('hosts.column.tags')}>
            <Several of={[...new Set([...host.tags, ...host.agentTags])]} className="mono text-12" />
          </Labelled>
        </Cell>
      )}
      {columns.has('fleets') && (
        <Cell>
          <Labelled label={t('hosts.column.fleets')}>
            <Several of={(fleets ?? []).map(({ name }) => name)} />
          </Labelled>
        </Cell>
      )}
      {columns.has('agent') && (
        <Cell>
          <Labelled label={t('hosts.column.agent')}>{host.agentVersion}</Labelled>
        </Cell>
      )}
      {columns.has('registered') && (
        <Cell className="sm:whitespace-nowrap">
          <Labelled label={t('hosts.column.registered')}>
            <RelativeTime at={host.registeredAt} />
          </Labelled>
        </Cell>
      )}
    </Row>
  );
});

/** No row grows by them; the host's page has them all. */
function Several({ of, className = '' }: { of: readonly string[]; className?: string }) {
  if (of.length === 0) return '–';
  const text = of.join(', ');
  return (
    <bdi title={text} className={`line-clamp-2 wrap-anywhere ${className}`}>
      {text}
    </bdi>
  );
}

const DAY_MS = 86_400_000;

function CertificateDays({ expires }: { expires: string | null }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!expires) return '–';
  const days = Math.floor((Date.parse(expires) - now) / DAY_MS);
  return <span suppressHydrationWarning>{days < 0 ? t('hosts.expired') : t('hosts.days', { count: days })}</span>;
}
