import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { codeText } from '../audit/audit-words';
import { DangerButton } from '../forms/danger-button';
import { reloadIfAnswered } from '../forms/keep-page';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { JobProgress } from '../jobs/job-progress';
import { jobTitle } from '../jobs/job-title';
import type { Job, JobHost } from '../jobs/job-types';
import { StartJob } from '../jobs/start-job';
import { useLiveValue } from '../live/use-live';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { EmptyState } from '../ui/empty-state';
import { Instant } from '../ui/figures/relative-time';
import { FilterLink } from '../ui/list/filter-link';
import { ListPaging } from '../ui/list/list-paging';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';

export const handle: PageHandle = {
  // The loader's answer comes untyped through the matches; undefined when there is no such job.
  title: (t, data) => {
    const job = (data as Awaited<ReturnType<typeof loader>> | undefined)?.job;
    return job ? t(`job.act.${job.act}`) : t('problem.notFound.job');
  },
};

const OUTCOMES = ['done', 'refused', 'waiting'] as const;

const outcomeOf = (params: URLSearchParams) => OUTCOMES.find((one) => one === params.get('outcome'));

export async function loader({ request, params, context: { api } }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const jobId = params.jobId!;
  // First: the live stream goes on from its `feed`.
  const page = await api.jobs.page({ jobId });
  const cursor = searchParams.get('cursor') ?? undefined;
  return { ...page, ...(await api.jobs.hosts({ jobId, cursor, outcome: outcomeOf(searchParams) })) };
}

export const shouldRevalidate = reloadIfAnswered;

export default function JobPage() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const job = useLiveValue('jobs', loaded.job.id, { snapshot: loaded, loaded: loaded.job }) ?? loaded.job;
  const isOlder = job.done !== loaded.job.done || job.refused !== loaded.job.refused || job.state !== loaded.job.state;
  useReloadOnChange(isOlder);
  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold wrap-anywhere">{jobTitle(t, job)}</h1>
          <p className="text-13 text-ink-2 wrap-anywhere">
            {job.by} · <Instant at={job.startedAt ?? job.proposedAt} />
            {job.cancelledBy && ` · ${t('job.cancelledBy', { by: job.cancelledBy })}`}
          </p>
        </div>
        <DangerButton
          label={t('act.cancel')}
          name={t('job.cancel')}
          verb={t('job.cancel')}
          dismiss={t('act.back')}
          title={t('job.cancel')}
          act="jobs.cancel"
          on={{ jobId: job.id }}
          done={t('job.wasCancelled')}
          isOffered={job.state === 'running'}
        >
          <p>{t('job.cancelText')}</p>
        </DangerButton>
      </header>
      {job.state === 'proposed' ? (
        <StartJob job={job} mayStart={loaded.mayStart} />
      ) : (
        <p role="status">
          <JobProgress job={job} />
        </p>
      )}
      <JobHosts job={job} hosts={loaded.hosts} nextCursor={loaded.nextCursor} />
    </div>
  );
}

function JobHosts({ job, hosts, nextCursor }: { job: Job; hosts: JobHost[]; nextCursor: string | null }) {
  const { t, i18n } = useTranslation();
  const [params] = useSearchParams();
  const chosen = outcomeOf(params);
  const figures = { done: job.done, refused: job.refused, waiting: job.hosts - job.done - job.refused };
  return (
    <Section title={t('job.hosts')} count={job.hosts.toLocaleString(i18n.language)}>
      {job.state !== 'proposed' && (
        <nav aria-label={t('job.outcomes')} className="-mx-1 flex gap-1 overflow-x-auto px-1 pb-2 text-13 sm:flex-wrap">
          <FilterLink isChosen={!chosen} to={`/jobs/${job.id}`}>
            {t('job.all')}
          </FilterLink>
          {OUTCOMES.map((outcome) => (
            <FilterLink key={outcome} isChosen={chosen === outcome} to={`/jobs/${job.id}?outcome=${outcome}`}>
              {t(`job.figures.${outcome}`)}
              <span className="text-ink-2">{figures[outcome].toLocaleString(i18n.language)}</span>
            </FilterLink>
          ))}
        </nav>
      )}
      {hosts.length > 0 ? (
        <Table
          label={t('job.hosts')}
          head={
            <>
              <Column>{t('job.column.host')}</Column>
              <Column>{t('job.column.outcome')}</Column>
              <Column>{t('job.column.when')}</Column>
            </>
          }
        >
          {hosts.map(({ hostId, fqdn, outcome, at }) => (
            <Row key={hostId} className="max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:py-2">
              <HeadCell>
                <Link to={`/hosts/${hostId}`} data-row="" className="wrap-anywhere hover:underline">
                  <MachineName name={fqdn} />
                </Link>
              </HeadCell>
              <Cell>{outcomeText(t, outcome)}</Cell>
              <Cell>{at && <Instant at={at} />}</Cell>
            </Row>
          ))}
        </Table>
      ) : (
        <EmptyState title={t('job.noHosts')} />
      )}
      <ListPaging nextCursor={nextCursor} />
    </Section>
  );
}

function outcomeText(t: TFunction, outcome: string | null): string {
  if (outcome === null) return t('job.outcome.waiting');
  return outcome === 'done' ? t('job.outcome.done') : codeText(t, outcome);
}

export function ErrorBoundary() {
  const { t } = useTranslation();
  return (
    <PageProblem
      notFound={{ title: t('problem.notFound.job'), text: t('problem.notFound.jobText') }}
      onwards={{ to: '/jobs', text: t('jobs.title') }}
    />
  );
}
