import { useTranslation } from 'react-i18next';
import type { Connection } from './connection-indicator';

/** Above every page whose changes cannot come by themselves although the server answers: why, and what to do. */
export function BlockedBanner({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  if (connection.state !== 'blocked') return null;
  return (
    <aside
      aria-label={t('connection.blocked.label')}
      className="border-s-4 border-pending-edge bg-pending-tint px-4 py-2 text-13 sm:px-6"
    >
      <p>
        <strong className="font-semibold">{t('connection.blocked.meaning')}</strong> {t(connection.why)}
      </p>
    </aside>
  );
}
