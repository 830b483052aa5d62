import { useTranslation } from 'react-i18next';
import { Meter } from '../ui/figures/meter';
import type { Job } from './job-types';

/** The state of a job in a word, and how far it is. */
export function JobProgress({ job }: { job: Job }) {
  const { t } = useTranslation();
  const seen = job.done + job.refused;
  const figure = t('job.seenTo', { seen, all: job.hosts });
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3">
      <span className="font-medium">{t(`job.state.${job.state}`)}</span>
      <Meter label={t('job.progress')} percent={(100 * seen) / job.hosts} figure={figure} />
    </span>
  );
}
