import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActProblem } from '../forms/act-problem';
import { isTypedAs } from '../forms/is-typed-as';
import { useAct } from '../forms/use-act';
import { Button } from '../ui/button';
import { TextField } from '../ui/fields/text-field';
import type { Job } from './job-types';

/** More than these are too many to have been looked at one by one: their number is to be typed. */
const TYPED_FROM = 10;

/** What a proposed job will do, and the button that starts it. */
export function StartJob({ job, mayStart }: { job: Job; mayStart: boolean }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { submit, isPending, problem } = useAct('jobs.start', { on: { jobId: job.id }, done: t('job.started') });
  const isTyped = job.hosts <= TYPED_FROM || isTypedAs(typed, job.hosts);
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <p>{t(`job.will.${job.act}`)}</p>
      <p>
        <strong>{t('job.for', { count: job.hosts })}</strong>
        {job.leftOut > 0 && ` ${t('job.leftOut', { count: job.leftOut })}`}
      </p>
      <p className="text-13 text-ink-2">{t('job.fixed')}</p>
      {mayStart ? (
        <>
          {job.hosts > TYPED_FROM && (
            <TextField
              name="number"
              label={t('job.number')}
              description={t('job.numberHelp', { figure: job.hosts })}
              inputMode="numeric"
              autoComplete="off"
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          {!isPending && <ActProblem problem={problem} />}
          <div>
            <Button look="primary" shape="field" isPending={isPending} isDisabled={!isTyped} onPress={() => submit()}>
              {t('job.start')}
            </Button>
          </div>
        </>
      ) : (
        <p>{t('job.notYours', { by: job.by })}</p>
      )}
    </div>
  );
}
