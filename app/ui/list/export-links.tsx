import { useTranslation } from 'react-i18next';
import { buttonClass } from '../button';
import { exportAddress } from './list-address';

interface Props {
  /** Of the list. */
  path: string;
  /** What of it. */
  query: object;
}

/** What a list's filter leaves, as a file. Plain links: the browser shows how far it has come, and can leave it. */
export function ExportLinks({ path, query }: Props) {
  const { t } = useTranslation();
  return (
    <div role="group" aria-label={t('list.export')} className="flex flex-wrap gap-2">
      {(['csv', 'jsonl'] as const).map((format) => (
        <a key={format} href={exportAddress(path, query, format)} download className={buttonClass('quiet')}>
          {t(`list.as.${format}`)}
        </a>
      ))}
    </div>
  );
}
