import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/figures/relative-time';
import { Notice } from '../ui/notice';
import type { Edited } from './edited';
import { TextDiff } from './text-diff';

/** What others made of a layer while somebody edited it, who may go on with their own text all the same. */
export function MeanwhileNotice({ layer, before }: NonNullable<Edited['meanwhile']>) {
  const { t } = useTranslation();
  const { version, author, at, message, text } = layer;
  return (
    <Notice title={t('configuration.meanwhile', { version: String(version) })}>
      <p className="wrap-anywhere">
        {author} · {at && <RelativeTime at={at} />} · {message || t('configuration.noMessage')}
      </p>
      <TextDiff before={before} after={text} />
      <p>{t('configuration.meanwhileText')}</p>
    </Notice>
  );
}
