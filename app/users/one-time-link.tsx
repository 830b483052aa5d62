import { useEffect, useRef } from 'react';
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
export const linkFor = (
  requestUrl: string,
  { token, purpose, expiresAt }: { token: string } & Omit<LinkToHandOver, 'href'>,
): LinkToHandOver => ({
  href: new URL(`${purpose === 'invitation' ? '/invitation' : '/reset-password'}?token=${token}`, requestUrl).href,
  purpose,
  expiresAt,
});

/** A link to hand over, shown this once. Takes the focus: the form that made it is gone, or a dialog. */
export function OneTimeLink({ link, user }: { link: LinkToHandOver; user: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [link.href]);
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-labelledby="one-time-link"
      className="flex flex-col gap-2 rounded-4 bg-sunken px-4 py-3 outline-none"
    >
      <h2 id="one-time-link" className="font-medium">
        {t(`oneTime.${link.purpose}`, { user })}
      </h2>
      <CopyableId value={link.href} label={t('oneTime.label')} />
      <p className="text-12 text-ink-2">{t('oneTime.text')}</p>
    </section>
  );
}
