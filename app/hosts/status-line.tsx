import { useTranslation } from 'react-i18next';
import type { Counts } from './host-types';

/** Is everything all right, what is not, what waits: in a sentence or two, before any figure. */
export function StatusLine({ counts, ill }: { counts: Counts; ill: { warning: number; critical: number } }) {
  const { t } = useTranslation();
  const approved = counts.up + counts.down + counts.never;
  const waiting = counts.pending + counts.conflict;
  const first =
    approved === 0
      ? t('dashboard.noneApproved')
      : counts.up === approved
        ? t('dashboard.allUp', { count: approved })
        : t('dashboard.someUp', { count: approved, up: counts.up });
  return (
    <h1 className="max-w-3xl text-28 font-semibold tracking-tight text-balance">
      {first} {ill.critical > 0 && t('dashboard.critical', { count: ill.critical })}{' '}
      {ill.warning > 0 && t('dashboard.warning', { count: ill.warning })}{' '}
      {waiting > 0 && t('dashboard.waiting', { count: waiting })}
    </h1>
  );
}
