import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { useNow, useTimeZone } from '../ui/figures/clock';
import { formatDate } from '../ui/figures/format-time';
import type { Warning } from './certificate-types';

/** How many things wait on the certificates page, for the rail. */
export const countWarnings = (warnings: Warning[]) =>
  warnings.reduce((sum, warning) => sum + (warning.kind === 'held' ? warning.count : 1), 0);

/** Above every page, before it is trouble: what happens, when, and what to do. */
export function WarningBanner({ warnings }: { warnings: Warning[] }) {
  const { t } = useTranslation();
  const now = useNow();
  if (warnings.length === 0) return null;
  return (
    <aside aria-label={t('certificates.warning.label')}>
      <ul>
        {warnings.map((warning) => {
          const isPast = warning.kind === 'held' ? warning.expired > 0 : Date.parse(warning.notAfter) < now;
          return (
            <li
              key={warning.kind === 'authority' ? warning.pin : warning.kind === 'held' ? 'held' : warning.listener}
              className={`border-s-4 px-4 py-2 text-13 sm:px-6 ${
                isPast ? 'border-down-edge bg-down-tint' : 'border-pending-edge bg-pending-tint'
              }`}
            >
              {warning.kind === 'held' ? <Held {...warning} /> : <Ending warning={warning} isPast={isPast} />}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

type EndingWarning = Exclude<Warning, { kind: 'held' }>;

function Ending({ warning, isPast }: { warning: EndingWarning; isPast: boolean }) {
  const { t, i18n } = useTranslation();
  const date = formatDate(Date.parse(warning.notAfter), i18n.language, useTimeZone());
  const what = warning.kind === 'authority' ? 'authority' : warning.listener;
  return (
    <p>
      <strong className="font-semibold" suppressHydrationWarning>
        {t(`certificates.warning.${what}.${isPast ? 'ended' : 'ending'}`, { date })}
      </strong>{' '}
      {t(`certificates.warning.${what}.means`)}{' '}
      {warning.kind === 'unloaded' ? t('certificates.warning.unloaded') : t(`certificates.warning.${what}.act`)}{' '}
      <Link to="/certificates" className="link whitespace-nowrap">
        {t('certificates.warning.show')}
      </Link>
    </p>
  );
}

function Held({ count, expired }: Extract<Warning, { kind: 'held' }>) {
  const { t } = useTranslation();
  return (
    <p>
      <strong className="font-semibold">
        {t('certificates.warning.held.late', { count })}{' '}
        {expired > 0 && t('certificates.warning.held.expired', { count: expired })}
      </strong>{' '}
      {t('certificates.warning.held.means')} {t('certificates.warning.held.act')}{' '}
      <Link to="/certificates?show=overdue" className="link whitespace-nowrap">
        {t('certificates.warning.show')}
      </Link>
    </p>
  );
}
