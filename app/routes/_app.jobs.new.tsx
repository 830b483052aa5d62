import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useLocation, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { errorsFrom, type FormErrors, textOf } from '../forms/form-errors';
import { keepPage } from '../forms/keep-page';
import { useAnswer } from '../forms/use-answer';
import { JobForm, type JobField, type RefusedJob } from '../jobs/job-form';
import { type ActName, isAboutFleet, isAboutTags } from '../jobs/job-types';
import { hostsLeft, hostsNamed, targetsOf } from '../jobs/targets';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { useHydrated } from '../ui/use-hydrated';

export const handle: PageHandle = { title: (t) => t('jobs.new') };

/** Which fleets hosts can be listed in. */
export async function loader({ context: { api } }: LoaderFunctionArgs) {
  return { fleets: await api.fleets.names({}) };
}

export async function action({ request, context: { api } }: ActionFunctionArgs) {
  const form = await request.formData();
  const targets = targetsOf(new URL(request.url).searchParams) ?? hostsNamed(form.getAll('host'));
  let job;
  try {
    const act = textOf(form, 'act') as ActName;
    job = await api.jobs.propose({
      // The procedure's schema judges it: an act of another name is refused there.
      act: {
        act,
        ...(isAboutTags(act) && { tags: textOf(form, 'tags') }),
        ...(isAboutFleet(act) && { fleetId: textOf(form, 'fleetId') }),
      } as Parameters<typeof api.jobs.propose>[0]['act'],
      targets: targets ?? { hostIds: [] },
    });
  } catch (thrown) {
    const refused = refusedJob(errorsFrom(thrown, { act: 'job.tagsWrong' }), form);
    return data(refused, { status: refused.errors.problem?.status ?? 400 });
  }
  return redirect(`/jobs/${job.id}`);
}

const refusedJob = (errors: FormErrors<'act'>, form: FormData): RefusedJob => ({
  act: textOf(form, 'act') as ActName,
  tags: textOf(form, 'tags'),
  // The act's own fields are all that can be typed wrong in it.
  errors: { fields: { tags: errors.fields.act } satisfies Partial<Record<JobField, unknown>>, problem: errors.problem },
});

export const clientAction = keepPage(refusedJob);

export default function NewJob() {
  const { t } = useTranslation();
  const { fleets } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const refused = useAnswer<typeof action>();
  const state = useLocation().state as unknown;
  // The server does not know what the browser's history holds.
  const left = useHydrated() ? hostsLeft(state) : null;
  const targets = targetsOf(params) ?? left;
  const isFiltered = targets !== null && 'matching' in targets && Object.values(targets.matching).some(Boolean);
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-20 font-semibold">{t('jobs.new')}</h1>
      {targets ? (
        <>
          <p className="text-ink-2">
            {'hostIds' in targets
              ? t('job.chosen', { count: targets.hostIds.length })
              : isFiltered
                ? t('job.chosenMatching')
                : t('job.chosenAll')}
          </p>
          <JobForm fleets={fleets} refused={refused} wanted={params.get('act')} left={left} />
        </>
      ) : (
        <EmptyState title={t('job.nothingChosen')}>
          <Link to="/hosts" className={buttonClass('quiet')}>
            {t('nav.hosts')}
          </Link>
        </EmptyState>
      )}
    </div>
  );
}

export const ErrorBoundary = PageProblem;
