import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';
import { Section } from '../ui/section';
import { CertificateFacts } from './certificate-facts';
import type { Served } from './certificate-types';

/** The CAs whose certificates we accept; the key of one of them signs. */
export function Authorities({ authorities, keyAtRest }: Pick<Served, 'authorities' | 'keyAtRest'>) {
  const { t } = useTranslation();
  return authorities.map(({ pin, stage, isSigning, ...certificate }) => (
    <Section
      key={certificate.fingerprint}
      title={t(isSigning ? 'certificates.authority' : 'certificates.otherAuthority')}
    >
      <CertificateFacts
        certificate={certificate}
        stage={stage}
        facts={[
          [t('certificates.pin'), <CopyableId key="pin" value={pin} label={t('certificates.pin')} />],
          ...(isSigning ? [[t('certificates.key'), t(`certificates.keyAtRest.${keyAtRest}`)] as [string, string]] : []),
        ]}
      />
    </Section>
  ));
}
