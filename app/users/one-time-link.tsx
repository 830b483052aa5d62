import { useTranslation } from 'react-i18next';
import { CopyableId } from '../ui/copyable-id';

export interface LinkToHandOver {
  /** The whole address. */
  href: string;
  purpose: 'invitation' | 'reset';
  /** As ISO 8601. Tells it from an older or newer one of the same person. */
  expiresAt: string;
}

/** The address that a token is used at, on the server as the administrator reached it. */
export const linkFor = (requestUrl: string, { token, purpose, expiresAt }: { token: string } & Omit<LinkToHandOver, 'href'>): LinkToHandOver => ({
  href: new URL(`${purpose === 'invitation' ? '/invitation' : '/reset-password'}?token=${token}`, requestUrl).href,
  purpose,
  expiresAt,
});

/** A link to hand over, shown this once. */
export function OneTimeLink({ link, user }: { link: LinkToHandOver; user: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex flex-col gap-2 rounded-4 bg-sunken px-4 py-3">
      <p className="font-medium">{t(`oneTime.${link.purpose}`, { user })}</p>
      <CopyableId value={link.href} label={t('oneTime.label')} />
      <p className="text-12 text-ink-2">{t('oneTime.text')}</p>
    </div>
  );
}
