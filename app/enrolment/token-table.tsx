import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import type { EnrolmentToken } from './enrolment-types';
import { RevokeTokenButton } from './revoke-token-button';

/** All tokens there ever were, with what each is still worth. */
export function TokenTable({ tokens }: { tokens: EnrolmentToken[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('enrolment.table')}
      head={
        <>
          <Column>{t('enrolment.column.name')}</Column>
          <Column>{t('enrolment.column.state')}</Column>
          <Column>{t('enrolment.column.uses')}</Column>
          <Column>{t('enrolment.column.expires')}</Column>
          <Column>{t('enrolment.column.created')}</Column>
          <Column>{t('enrolment.column.acts')}</Column>
        </>
      }
    >
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} />
      ))}
    </Table>
  );
}

function TokenRow({ token }: { token: EnrolmentToken }) {
  const { t } = useTranslation();
  const isActive = token.state === 'active';
  return (
    <Row isFaded={!isActive} className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-1 max-sm:py-3">
      <HeadCell className="max-sm:col-span-2">
        <span className="font-semibold wrap-anywhere">{token.name}</span>
        {token.tags.length > 0 && (
          <span className="block text-12 text-ink-2 wrap-anywhere">{token.tags.join(', ')}</span>
        )}
        {token.autoApprove && <span className="block text-12 text-pending">{t('enrolment.approves')}</span>}
      </HeadCell>
      <Cell className="whitespace-nowrap">{t(`enrolment.state.${token.state}`)}</Cell>
      <Cell className="whitespace-nowrap max-sm:text-end">
        {token.maxUses === null
          ? t('enrolment.usedOfAny', { used: token.used })
          : t('enrolment.usedOf', { used: token.used, max: token.maxUses })}
      </Cell>
      <Cell>
        <span className="text-12 text-ink-2 sm:hidden">{t('enrolment.column.expires')} </span>
        <RelativeTime at={token.expiresAt} isPast={false} />
      </Cell>
      <Cell className="max-sm:text-end">
        <RelativeTime at={token.createdAt} />
        {token.createdBy && <span className="block text-12 text-ink-2 wrap-anywhere">{token.createdBy}</span>}
      </Cell>
      <Cell className="max-sm:col-span-2">
        <RevokeTokenButton token={token} isOffered={isActive} />
      </Cell>
    </Row>
  );
}
