import { expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Whether the two agree is what is asked.
import { JOB_PERMISSIONS } from '../../app/jobs/job-types';
import { JOB_ACTS } from './job-acts';

test('pages offer each act to those who may do it', () => {
  const needed = Object.entries(JOB_ACTS).map(([act, { permission }]) => [act, permission]);
  expect(JOB_PERMISSIONS).toEqual(Object.fromEntries(needed));
});
