import { useTranslation } from 'react-i18next';
import { Section } from '../ui/section';
import { CertificateFacts } from './certificate-facts';
import type { ServedListener } from './certificate-types';

/** What each listener shows to whoever connects now, which is not always what its file says. */
export function ServedListeners({ listeners }: { listeners: ServedListener[] }) {
  const { t } = useTranslation();
  return (
    <>
      {listeners.map((listener) => (
        <Section
          key={listener.listener}
          title={t(`certificates.listener.${listener.listener}`, { port: String(listener.port) })}
        >
          <Served listener={listener} />
        </Section>
      ))}
      {listeners.every(({ listener }) => listener !== 'web') && (
        <Section title={t('certificates.listener.plain')}>
          <p className="max-w-prose text-13 text-ink-2">{t('certificates.plainText')}</p>
        </Section>
      )}
    </>
  );
}

function Served({ listener: { certificate, stage, fileState, file, renewedBy } }: { listener: ServedListener }) {
  const { t } = useTranslation();
  if (!certificate || !stage) return <p className="text-13 font-medium text-down">{t('certificates.silent')}</p>;
  return (
    <>
      {fileState && fileState !== 'same' && (
        <p className="mb-2 rounded-4 border-s-4 border-pending-edge bg-pending-tint px-3 py-2 text-13 wrap-anywhere">
          {t(`certificates.file.${fileState}`, { file })}
        </p>
      )}
      <CertificateFacts
        certificate={certificate}
        stage={stage}
        facts={[[t('certificates.renewal'), t(`certificates.renewedBy.${renewedBy}`, { file })]]}
      />
    </>
  );
}
