import { useTranslation } from 'react-i18next';
import { DangerButton } from '../forms/danger-button';
import type { EnrolmentToken } from './enrolment-types';

/** Revoke: asks first, naming the token, what happens and what does not. */
export function RevokeTokenButton({ token, isOffered }: { token: EnrolmentToken; isOffered: boolean }) {
  const { t } = useTranslation();
  const name = { name: token.name };
  return (
    <DangerButton
      label={t('enrolment.revoke.label')}
      verb={t('enrolment.revoke.verb', name)}
      title={t('enrolment.revoke.title', name)}
      isOffered={isOffered}
      act="enrolmentTokens.revoke"
      on={{ tokenId: token.id }}
      done={t('enrolment.revoke.done', name)}
    >
      <p>{t('enrolment.revoke.text')}</p>
      <p className="text-ink-2">{t('enrolment.revoke.back')}</p>
    </DangerButton>
  );
}
