import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyableId } from '../../ui/copyable-id';
import { EmptyState } from '../../ui/empty-state';
import { Facts } from '../../ui/facts';
import { Instant, RelativeTime } from '../../ui/figures/relative-time';
import type { Certificate, HostRow } from '../host-types';
import { RotateButton } from './rotate-button';

interface Props {
  host: HostRow;
  certificate: Certificate | null;
}

export function HostCertificate({ host, certificate }: Props) {
  const { t } = useTranslation();
  if (!certificate) return <EmptyState title={t('certificate.none')} text={t('certificate.noneText')} />;
  const { serial, fingerprint, issuedAt, notBefore, notAfter, revokedAt } = certificate;
  return (
    <div className="flex max-w-3xl flex-col gap-3">
      {revokedAt && <p className="text-ink-2">{t('certificate.withdrawnText')}</p>}
      <Facts
        facts={[
          [t('certificate.serial'), <CopyableId key="serial" value={serial} label={t('certificate.serial')} />],
          [
            t('certificate.fingerprint'),
            <CopyableId key="print" value={fingerprint} label={t('certificate.fingerprint')} />,
          ],
          [t('certificate.issued'), <Instant key="issued" at={issuedAt} />],
          [t('certificate.validFrom'), <Instant key="from" at={notBefore} />],
          [
            t('certificate.expires'),
            <span key="expires">
              <Instant at={notAfter} />{' '}
              <span className="text-ink-2">
                (<RelativeTime at={notAfter} isPast={false} />)
              </span>
            </span>,
          ],
          ...(revokedAt
            ? [[t('certificate.withdrawn'), <Instant key="revoked" at={revokedAt} />] as [string, ReactNode]]
            : []),
        ]}
      />
      <RotateButton host={host} />
    </div>
  );
}
