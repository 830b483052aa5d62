import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { GroupActs } from '../dashboard/group-acts';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import type { KnownHosts } from './apply-live-change';
import { HostState } from './host-state';
import type { HostRow } from './host-types';
import { SystemName } from './system-name';

/** The ones that went down last, with since when and why. */
export function DownHosts({ hosts, total, known }: { hosts: HostRow[]; total: number; known: KnownHosts }) {
  const { t } = useTranslation();
  return (
    <Section
      title={t('dashboard.down')}
      count={total}
      end={
        <span className="flex flex-wrap gap-x-3 text-13">
          {total > hosts.length && (
            <Link to="/hosts?state=down" className="link">
              {t('dashboard.allDown', { count: total })}
            </Link>
          )}
          {total > 1 && <GroupActs hosts={hosts} total={total} which={{ state: 'down' }} />}
        </span>
      }
    >
      {hosts.length > 0 && (
        <Table
          label={t('dashboard.down')}
          head={
            <>
              <Column>{t('hosts.column.name')}</Column>
              <Column>{t('hosts.column.state')}</Column>
              <Column>{t('hosts.column.system')}</Column>
            </>
          }
        >
          {hosts.map((host) => (
            <Row
              key={host.id}
              changes={known.changes.get(host.id) ?? 0}
              className="max-sm:flex max-sm:flex-col max-sm:py-2"
            >
              <HeadCell>
                <Link
                  to={`/hosts/${host.id}`}
                  data-row=""

                  className="font-semibold wrap-anywhere hover:underline"
                >
                  <MachineName name={host.fqdn} />
                </Link>
              </HeadCell>
              <Cell>
                <HostState host={host} />
              </Cell>
              <Cell className="text-ink-2">
                <SystemName host={host} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Section>
  );
}
