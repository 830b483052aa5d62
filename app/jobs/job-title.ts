import type { TFunction } from 'i18next';
import type { Job } from './job-types';

/** What a job does, in words. */
export const jobTitle = (t: TFunction, { act, tags, fleet }: Pick<Job, 'act' | 'tags' | 'fleet'>): string =>
  t(`job.titleOf.${act}`, { tags: tags.join(', '), fleet: fleet?.name ?? '–' });
