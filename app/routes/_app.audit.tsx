import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { AuditFilters } from '../audit/audit-filters';
import { filterNames, readAuditQuery } from '../audit/audit-query';
import { AuditTable } from '../audit/audit-table';
import { ExportLinks } from '../ui/list/export-links';
import { ListPaging } from '../ui/list/list-paging';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Notice } from '../ui/notice';

export const handle: PageHandle = { title: (t) => t('nav.audit') };

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.audit.list(readAuditQuery(new URL(request.url).searchParams));

export default function AuditPage() {
  const { t } = useTranslation();
  const { records, nextCursor, unsealed } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const isFiltered = filterNames.some((name) => params.get(name));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">{t('nav.audit')}</h1>
        <ExportLinks path="/audit" query={readAuditQuery(params)} />
      </div>
      {unsealed > 0 && (
        <Notice title={t('audit.unsealed', { count: unsealed })}>
          <p>{t('audit.unsealedText')}</p>
        </Notice>
      )}
      <AuditFilters actorName={records.find(({ actorId }) => actorId === params.get('actorId'))?.actorLabel ?? null} />
      {records.length > 0 ? (
        <AuditTable records={records} />
      ) : isFiltered ? (
        <EmptyState title={t('audit.nothing')} text={t('audit.nothingText')}>
          <Link to="/audit" className={buttonClass('quiet')}>
            {t('list.clear')}
          </Link>
        </EmptyState>
      ) : (
        <EmptyState title={t('audit.none')} text={t('audit.noneText')} />
      )}
      <ListPaging nextCursor={nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
