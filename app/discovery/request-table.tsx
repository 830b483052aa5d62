import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { useFigures } from '../ui/figures/use-figures';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineName } from '../ui/machine-text';
import type { Discovery } from './discovery-types';

/** Machines that have asked, the latest first, and what became of it. */
export function RequestTable({ requests }: Pick<Discovery, 'requests'>) {
  const { t } = useTranslation();
  const { number } = useFigures();
  return (
    <Table
      label={t('discovery.requests.title')}
      head={
        <>
          <Column>{t('discovery.requests.name')}</Column>
          <Column>{t('discovery.requests.address')}</Column>
          <Column>{t('discovery.requests.outcome')}</Column>
          <Column className="text-end">{t('discovery.requests.asked')}</Column>
          <Column>{t('discovery.requests.first')}</Column>
          <Column>{t('discovery.requests.last')}</Column>
        </>
      }
    >
      {requests.map((request) => (
        <Row
          key={`${request.hostname} ${request.address}`}
          className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3"
        >
          <HeadCell className="max-sm:col-span-2">
            <span className="font-semibold">
              <MachineName name={request.hostname} />
            </span>
          </HeadCell>
          <Cell className="max-sm:col-span-2">
            <span className="mono text-12 wrap-anywhere">{request.address}</span>
          </Cell>
          <Cell className="max-sm:col-span-2">
            <Outcome request={request} />
          </Cell>
          <Cell className="text-end tabular-nums max-sm:hidden">{number(request.asked)}</Cell>
          <Cell className="text-ink-2 max-sm:hidden">
            <RelativeTime at={request.firstAt} />
          </Cell>
          <Cell className="text-ink-2">
            <RelativeTime at={request.lastAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function Outcome({ request: { outcome, aheadSeconds } }: { request: Discovery['requests'][number] }) {
  const { t } = useTranslation();
  const { durationInSentence } = useFigures();
  if (outcome === 'answered') return t('discovery.requests.answered');
  const way = aheadSeconds > 0 ? 'ahead' : 'behind';
  return (
    <span className="font-medium text-down">
      {t(`discovery.requests.${way}`, { time: durationInSentence(Math.abs(aheadSeconds)) })}
    </span>
  );
}
