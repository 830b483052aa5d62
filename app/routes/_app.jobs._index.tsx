import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { JobProgress } from '../jobs/job-progress';
import { jobTitle } from '../jobs/job-title';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Instant } from '../ui/figures/relative-time';
import { ListPaging } from '../ui/list/list-paging';
import { Cell, Column, HeadCell, Row, Table } from '../ui/list/table';

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.jobs.list({ cursor: new URL(request.url).searchParams.get('cursor') ?? undefined });

export default function JobsPage() {
  const { t } = useTranslation();
  const { jobs, nextCursor } = useLoaderData<typeof loader>();
  return (
    <div className="flex flex-col gap-4">
      <h1 className="text-20 font-semibold">{t('jobs.title')}</h1>
      {jobs.length > 0 ? (
        <Table
          label={t('jobs.table')}
          head={
            <>
              <Column>{t('jobs.column.act')}</Column>
              <Column>{t('jobs.column.state')}</Column>
              <Column>{t('jobs.column.by')}</Column>
              <Column>{t('jobs.column.started')}</Column>
            </>
          }
        >
          {jobs.map((job) => (
            <Row key={job.id} className="max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:py-3">
              <HeadCell>
                <Link to={`/jobs/${job.id}`} data-row="" className="font-semibold wrap-anywhere hover:underline">
                  {jobTitle(t, job)}
                </Link>
              </HeadCell>
              <Cell>
                <JobProgress job={job} />
              </Cell>
              <Cell>
                <span className="wrap-anywhere">{job.by}</span>
              </Cell>
              <Cell>{job.startedAt && <Instant at={job.startedAt} />}</Cell>
            </Row>
          ))}
        </Table>
      ) : (
        <EmptyState title={t('jobs.none')} text={t('jobs.noneText')}>
          <Link to="/hosts" className={buttonClass('quiet')}>
            {t('nav.hosts')}
          </Link>
        </EmptyState>
      )}
      <ListPaging nextCursor={nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
