import { useTranslation } from 'react-i18next';
import type { inferRouterOutputs } from '@trpc/server';
import type { Permission } from '../../server/auth/permissions';
import type { AppRouter } from '../../server/router';
import { DangerButton } from '../forms/danger-button';
import { Labelled } from '../ui/fields/labelled';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';

type ApiKey = inferRouterOutputs<AppRouter>['apiKeys']['list'][number];

/** One's keys, with those that no longer work below the others. */
export function KeyTable({ keys }: { keys: ApiKey[] }) {
  const { t } = useTranslation();
  const working = keys.filter(({ state }) => state === 'active');
  const over = keys.filter(({ state }) => state !== 'active');
  return (
    <Table
      label={t('apiKey.table')}
      head={
        <>
          <Column>{t('apiKey.name')}</Column>
          <Column>{t('apiKey.permissions')}</Column>
          <Column>{t('apiKey.lastUsed')}</Column>
          <Column>{t('apiKey.ends')}</Column>
          <Column>{t('apiKey.acts')}</Column>
        </>
      }
    >
      {[...working, ...over].map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </Table>
  );
}

function KeyRow({ apiKey: { id, name, prefix, permissions, state, expiresAt, lastUsedAt } }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  return (
    <Row className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3">
      <HeadCell className="max-sm:col-span-2">
        <span className="wrap-anywhere">{name}</span>{' '}
        <span className="mono text-12 font-normal text-ink-2">{prefix}…</span>
        {state !== 'active' && <span className="text-ink-2"> ({t(`apiKey.state.${state}`)})</span>}
      </HeadCell>
      <Cell className="max-sm:col-span-2">
        {/* Smaller within the line: of its own it would stand higher than the others. */}
        <span className="text-12 text-ink-2">
          {permissions.map((one) => t(`permission.${one as Permission}`)).join(' · ')}
        </span>
      </Cell>
      <Cell className="text-ink-2">
        <Labelled label={t('apiKey.lastUsed')}>
          {lastUsedAt ? <RelativeTime at={lastUsedAt} /> : t('apiKey.never')}
        </Labelled>
      </Cell>
      <Cell className={`text-ink-2 max-sm:col-start-1 ${state === 'active' ? '' : 'max-sm:sr-only'}`}>
        <Labelled label={t('apiKey.ends')}>
          {state === 'active' ? <RelativeTime at={expiresAt} isPast={false} /> : '–'}
        </Labelled>
      </Cell>
      <Cell className="max-sm:col-start-2 max-sm:row-start-3 max-sm:row-span-2 max-sm:self-center">
        {/* Over the edges of its line, which alone makes the row's height. */}
        <div className="sm:-my-1.5 sm:pointer-coarse:-my-2.5">
          <DangerButton
            label={t('apiKey.revoke')}
            verb={t('apiKey.revokeKey', { name })}
            title={t('apiKey.confirm', { name })}
            act="apiKeys.revoke"
            on={{ keyId: id }}
            done={t('apiKey.revoked', { name })}
            isOffered={state === 'active'}
          >
            <p>{t('apiKey.confirmText')}</p>
          </DangerButton>
        </div>
      </Cell>
    </Row>
  );
}
