import { useTranslation } from 'react-i18next';
import { CopyableId } from './copyable-id';

/** What finds this very request in the server's log. */
export function RequestId({ id }: { id: string | null }) {
  const { t } = useTranslation();
  if (!id) return null;
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 text-12 text-ink-2">
      {t('problem.request')} <CopyableId value={id} label={t('problem.requestId')} />
    </p>
  );
}
