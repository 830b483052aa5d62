import { Link } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { HealthReason } from '../../health/reason';
import { useMachineWords } from '../../i18n/use-machine-words';
import { EmptyState } from '../../ui/empty-state';
import { RelativeTime } from '../../ui/figures/relative-time';
import { MachineName, MachineText } from '../../ui/machine-text';
import { Cell, Column, Row, Table } from '../../ui/list/table';
import { boundsOfAgents, downReasons, renewalWays, type HostEvent } from '../host-types';

/** What happened to a host, or to several, each of which is named then. */
export function HostEvents({ events }: { events: (HostEvent & { host?: { id: string; fqdn: string } })[] }) {
  const { t } = useTranslation();
  if (events.length === 0) return <EmptyState title={t('event.none')} />;
  return (
    <div className="max-w-4xl">
      <Table
        label={t('event.table')}
        head={
          <>
            <Column>{t('event.when')}</Column>
            {events[0]!.host && <Column>{t('hosts.column.name')}</Column>}
            <Column>{t('event.what')}</Column>
            <Column>{t('event.who')}</Column>
          </>
        }
      >
        {events.map((event) => (
          <Row key={event.id} className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:py-2">
            <Cell className="w-36 text-ink-2">
              <RelativeTime at={event.at} />
            </Cell>
            {event.host && (
              <Cell>
                <Link to={`/hosts/${event.host.id}`} className="wrap-anywhere hover:underline">
                  <MachineName name={event.host.fqdn} />
                </Link>
              </Cell>
            )}
            <Cell>
              {t(`event.${event.kind}`)}
              <EventDetail event={event} />
            </Cell>
            <Cell className="text-ink-2">{event.actor}</Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}

/** Why, or how, in words; whatever an agent wrote, as it wrote it. */
function EventDetail({ event: { kind, detail, said } }: { event: HostEvent }) {
  const { t } = useTranslation();
  const sayMachine = useMachineWords();
  if (!detail) return null;
  const isOfHealth = kind === 'health_warning' || kind === 'health_critical';
  return (
    <span className="text-ink-2">
      {': '}
      {isOfHealth ? (
        <HealthReason reason={detail} />
      ) : (
        <MachineText text={said ? sayMachine(said, detail) : inWords(t, kind, detail)} />
      )}
    </span>
  );
}

function inWords(t: TFunction, kind: HostEvent['kind'], detail: string): string {
  switch (kind) {
    case 'recovered':
      return t('event.lapsed', { count: Number(detail) });
    case 'down': {
      const reason = downReasons.find((known) => known === detail);
      return reason ? t(`reason.${reason}`) : detail;
    }
    case 'renewed': {
      const way = renewalWays.find((known) => known === detail);
      return way ? t(`event.renewal.${way}`) : detail;
    }
    case 'cut_off': {
      const bound = boundsOfAgents.find((known) => known === detail);
      return bound ? t(`event.excess.${bound}`) : t('event.excessOf', { call: detail });
    }
    default:
      return detail;
  }
}
