import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';
import { Instant } from '../ui/figures/relative-time';
import { MachineName } from '../ui/machine-text';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import type { HeldCertificate } from './certificate-types';
import { DaysLeft } from './days-left';
import { StageSign } from './stage-sign';

/** What agents connect with, what ends first on top. */
export function HeldTable({ certificates }: { certificates: HeldCertificate[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t('certificates.held')}
      head={
        <>
          <Column>{t('hosts.column.name')}</Column>
          <Column className="w-52">{t('certificates.left')}</Column>
          <Column className="w-32">{t('certificate.expires')}</Column>
          <Column className="w-32 max-lg:hidden">{t('certificate.issued')}</Column>
          <Column className="max-lg:hidden">{t('certificate.serial')}</Column>
        </>
      }
    >
      {certificates.map(({ hostId, fqdn, serial, notAfter, issuedAt, stage }) => (
        <Row key={serial} className="max-sm:grid max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:py-2">
          <HeadCell>
            <Link
              to={`/hosts/${hostId}/certificate`}
              data-row=""
              className="font-semibold wrap-anywhere hover:underline"
            >
              <MachineName name={fqdn} />
            </Link>
          </HeadCell>
          <Cell className="max-sm:text-end">
            <span className="inline-flex flex-wrap items-baseline gap-x-3 max-sm:justify-end">
              <DaysLeft at={notAfter} /> <StageSign stage={stage} />
            </span>
          </Cell>
          <Cell className="whitespace-nowrap max-sm:hidden">
            <Instant at={notAfter} format="date" />
          </Cell>
          <Cell className="whitespace-nowrap max-lg:hidden">
            <Instant at={issuedAt} format="date" />
          </Cell>
          <Cell className="max-lg:hidden">
            <CopyableId value={serial} label={t('certificate.serial')} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
