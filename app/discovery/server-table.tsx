import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineName } from '../ui/machine-text';
import { StateSign } from '../ui/state-sign';
import type { Discovery } from './discovery-types';

/** Servers that announce themselves in these networks, whoever's they are. */
export function ServerTable({ servers }: Pick<Discovery, 'servers'>) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('discovery.servers.title')}
      head={
        <>
          <Column>{t('discovery.servers.name')}</Column>
          <Column>{t('discovery.servers.address')}</Column>
          <Column>{t('discovery.servers.authority')}</Column>
          <Column>{t('discovery.servers.last')}</Column>
        </>
      }
    >
      {servers.map(({ pin, hostname, apiPort, address, addresses, isOurs, lastAt }) => (
        <Row
          key={`${pin} ${hostname} ${apiPort}`}
          className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell>
            <span className="font-semibold">
              <MachineName name={hostname} />
            </span>
            <span className="mono block text-12 text-ink-2 wrap-anywhere">
              {addresses.map((one) => (one.includes(':') ? `[${one}]` : one) + `:${apiPort}`).join(', ')}
            </span>
          </HeadCell>
          <Cell className="max-sm:justify-self-end">
            <span className="mono text-12 wrap-anywhere">{address}</span>
          </Cell>
          <Cell>
            <StateSign
              state={isOurs ? 'up' : 'conflict'}
              word={t(isOurs ? 'discovery.servers.ours' : 'discovery.servers.foreign')}
            />
            {!isOurs && <span className="mono block text-12 text-ink-2 wrap-anywhere">{pin}</span>}
          </Cell>
          <Cell className="text-ink-2 max-sm:justify-self-end">
            <RelativeTime at={lastAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
