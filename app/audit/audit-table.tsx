import { Link, useSearchParams } from '@remix-run/react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Breakable } from '../ui/breakable';
import { Button } from '../ui/button';
import { CopyableId } from '../ui/copyable-id';
import { Facts } from '../ui/facts';
import { Labelled } from '../ui/fields/labelled';
import { Instant, RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { auditLink, sameActor } from './audit-query';
import type { AuditRecord } from './audit-types';
import { actionText, codeText } from './audit-words';
import { pageOf } from './page-of';
import { StateDiff } from './state-diff';

export function AuditTable({ records }: { records: AuditRecord[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('audit.table')}
      layout="sm:min-w-[43rem] sm:table-fixed"
      head={
        <>
          <Column className="w-24">{t('audit.when')}</Column>
          <Column>{t('audit.actor')}</Column>
          <Column className="w-40 xl:w-56">{t('audit.what')}</Column>
          <Column>{t('audit.object')}</Column>
          <Column className="w-34 max-lg:hidden">{t('audit.address')}</Column>
          <Column className="w-32 xl:w-40">{t('audit.outcome')}</Column>
          <Column className="w-20">
            <span className="sr-only">{t('audit.details')}</span>
          </Column>
        </>
      }
    >
      {records.map((record) => (
        <AuditRow key={record.sequence} record={record} />
      ))}
    </Table>
  );
}

function AuditRow({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const details = useId();
  return (
    <>
      <Row className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3">
        <Cell className="text-ink-2 max-sm:justify-self-end">
          <RelativeTime at={record.at} />
        </Cell>
        <Cell className="wrap-anywhere max-sm:col-span-2">
          <Labelled label={t('audit.actor')}>
            <Actor record={record} />
          </Labelled>
        </Cell>
        <HeadCell className="wrap-anywhere max-sm:order-first">
          <ActionLink action={record.action} />
        </HeadCell>
        <Cell className={`wrap-anywhere max-sm:col-span-2 ${record.objectKind ? '' : 'max-sm:sr-only'}`}>
          <Labelled label={t('audit.object')}>
            <ActedOn record={record} />
          </Labelled>
        </Cell>
        {/* Smaller within the line: of its own it would stand higher than the others. */}
        <Cell className="max-lg:hidden">
          <span className="mono text-12 wrap-anywhere">{record.address ?? '–'}</span>
        </Cell>
        <Cell>
          <Outcome record={record} />
        </Cell>
        <Cell className="max-sm:justify-self-end">
          {/* Over the edges of its line, which alone makes the row's height. */}
          <span className="-my-1.5 inline-flex pointer-coarse:-my-2.5">
            <Button
              look="plain"
              data-row=""
              aria-expanded={isOpen}
              {...(isOpen && { 'aria-controls': details })}
              aria-label={t(isOpen ? 'audit.closeDetailsOf' : 'audit.detailsOf', { sequence: String(record.sequence) })}
              onPress={() => setOpen(!isOpen)}
            >
              {isOpen ? t('act.close') : t('audit.details')}
            </Button>
          </span>
        </Cell>
      </Row>
      {isOpen && (
        <Row className="max-sm:block">
          <Cell span={7} className="max-sm:block">
            <div id={details}>
              <Details record={record} />
            </div>
          </Cell>
        </Row>
      )}
    </>
  );
}

function Actor({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { actorKind, actorId, actorLabel } = record;
  const name = actorLabel ?? actorId;
  if (!name)
    return <span className="text-ink-2">{actorKind === 'system' ? t('audit.system') : t('audit.nobody')}</span>;
  return (
    // What has no page of its own, such as a name that nobody has, leads to what else was done by it.
    <Link to={pageOf(actorKind, actorId) ?? auditLink(params, sameActor(record))} className="link">
      <bdi>
        <Breakable>{name}</Breakable>
      </bdi>
    </Link>
  );
}

function ActedOn({ record: { objectKind, objectId, objectLabel } }: { record: AuditRecord }) {
  if (!objectKind) return '–';
  const name = objectLabel ?? objectId ?? objectKind;
  const page = pageOf(objectKind, objectId);
  return page ? (
    <Link to={page} className="link">
      <bdi>
        <Breakable>{name}</Breakable>
      </bdi>
    </Link>
  ) : (
    <bdi>
      <Breakable>{name}</Breakable>
    </bdi>
  );
}

/** What was done, and the way to where else it was. */
function ActionLink({ action }: { action: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  return (
    <Link to={auditLink(params, { action })} className="link" title={t('audit.onlyAction', { action })}>
      {actionText(t, action)}
    </Link>
  );
}

/** The word says it; the colour only finds it sooner. */
function Outcome({ record: { outcome, code } }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const look = { done: '', refused: 'text-pending', failed: 'text-down' }[outcome];
  return (
    <span className={look}>
      {t(`audit.outcomes.${outcome}`)}
      {code && <span className="block text-12 text-ink-2 wrap-anywhere">{codeText(t, code)}</span>}
    </span>
  );
}

function Details({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  return (
    <div className="grid gap-x-8 gap-y-4 bg-sunken p-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <Facts
        facts={[
          [t('audit.number'), record.sequence],
          [t('audit.when'), <Instant key="at" at={record.at} />],
          [t('audit.what'), <Name key="action" name={record.action} />],
          ...(record.code ? [[t('audit.outcome'), <Name key="code" name={record.code} />] as [string, ReactNode]] : []),
          [t('audit.address'), record.address],
          [
            t('audit.actorId'),
            (record.actorId ?? record.actorLabel) && (
              <>
                {record.actorId && <CopyableId value={record.actorId} label={t('audit.actorId')} />}{' '}
                <Link to={auditLink(params, sameActor(record))} className="link whitespace-nowrap">
                  {t('audit.sameActor')}
                </Link>
              </>
            ),
          ],
          [
            t('audit.objectId'),
            record.objectId && (
              <>
                <CopyableId value={record.objectId} label={t('audit.objectId')} />{' '}
                <Link to={auditLink(params, { object: record.objectId })} className="link whitespace-nowrap">
                  {t('audit.sameObject')}
                </Link>
              </>
            ),
          ],
          [
            t('problem.request'),
            record.requestId && <CopyableId value={record.requestId} label={t('problem.requestId')} />,
          ],
        ]}
      />
      <StateDiff before={record.before} after={record.after} />
    </div>
  );
}

/** As scripts, exports and the search know it. */
function Name({ name }: { name: string }) {
  return (
    <span className="mono text-12">
      <Breakable>{name}</Breakable>
    </span>
  );
}
