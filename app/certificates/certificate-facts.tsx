import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';
import { Facts } from '../ui/facts';
import { Instant } from '../ui/figures/relative-time';
import type { Authority, Stage } from './certificate-types';
import { DaysLeft } from './days-left';
import { StageSign } from './stage-sign';

type Certificate = Pick<Authority, 'subject' | 'issuer' | 'names' | 'serial' | 'fingerprint' | 'notAfter'>;

interface Props {
  certificate: Certificate;
  stage: Stage;
  /** What its kind has besides, above what all have. */
  facts: [name: string, value: ReactNode][];
}

export function CertificateFacts({ certificate, stage, facts }: Props) {
  const { t } = useTranslation();
  const { subject, issuer, names, serial, fingerprint, notAfter } = certificate;
  return (
    <Facts
      facts={[
        [
          t('certificate.expires'),
          <span key="ends" className="flex flex-wrap items-baseline gap-x-3">
            <span>
              <Instant at={notAfter} />{' '}
              <span className="text-ink-2">
                (<DaysLeft at={notAfter} />)
              </span>
            </span>
            <StageSign stage={stage} />
          </span>,
        ],
        ...facts,
        [t('certificates.subject'), subject],
        ...(names.length > 0
          ? [[t('certificates.names'), <bdi key="names">{names.join(', ')}</bdi>] as [string, ReactNode]]
          : []),
        ...(issuer === subject ? [] : [[t('certificates.issuer'), issuer] as [string, ReactNode]]),
        [t('certificate.serial'), <CopyableId key="serial" value={serial} label={t('certificate.serial')} />],
        [
          t('certificate.fingerprint'),
          <CopyableId key="print" value={fingerprint} label={t('certificate.fingerprint')} />,
        ],
      ]}
    />
  );
}
