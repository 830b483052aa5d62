import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { browserName } from './browser-name';
import type { UserSession } from './user-types';

/** Where somebody is signed in. */
export function SessionTable({ sessions }: { sessions: UserSession[] }) {
  const { t } = useTranslation();
  if (sessions.length === 0) return <p className="text-ink-2">{t('session.none')}</p>;
  return (
    <Table
      label={t('session.table')}
      head={
        <>
          <Column>{t('session.browser')}</Column>
          <Column>{t('session.address')}</Column>
          <Column>{t('session.since')}</Column>
        </>
      }
    >
      {sessions.map((session) => (
        <Row key={session.at + session.address} className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:py-2">
          <HeadCell>
            <BrowserName userAgent={session.userAgent} />
            {session.isCurrent && <span className="text-ink-2"> ({t('session.current')})</span>}
          </HeadCell>
          <Cell>
            <span className="mono text-12 wrap-anywhere">{session.address || t('session.unknown')}</span>
          </Cell>
          <Cell className="text-ink-2">
            <RelativeTime at={session.at} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function BrowserName({ userAgent }: { userAgent: string }) {
  const { t } = useTranslation();
  const { browser, system } = browserName(userAgent);
  const name = browser ?? t('session.unknown');
  return <span title={userAgent}>{system ? t('session.on', { browser: name, system }) : name}</span>;
}
