import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useRouteLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ExportLinks } from '../ui/list/export-links';
import { ListPaging } from '../ui/list/list-paging';
import { Total } from '../ui/list/total';
import { userQuery } from '../users/list-query';
import { UserFilters } from '../users/user-filters';
import { UserTable } from '../users/user-table';
import type { loader as appLoader } from './_app';

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.users.list(userQuery.read(new URL(request.url).searchParams));

export default function UsersPage() {
  const { t } = useTranslation();
  const { users, nextCursor, ...counted } = useLoaderData<typeof loader>();
  const me = useRouteLoaderData<typeof appLoader>('routes/_app')?.me.id;
  const [params] = useSearchParams();
  const may = usePermissions();
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">
          {t('users.title')}{' '}
          <span className="ps-1 font-normal text-ink-3">
            <Total of={counted} />
          </span>
        </h1>
        <div className="flex flex-wrap gap-2">
          <ExportLinks path="/users" query={userQuery.read(params)} />
          {may.has('users.manage') && (
            <Link to="/users/invite" className={buttonClass('primary')}>
              {t('users.invite')}
            </Link>
          )}
        </div>
      </div>
      <UserFilters />
      {users.length > 0 ? (
        <UserTable users={users} me={me} />
      ) : (
        <EmptyState title={t('users.nothing')} text={t('users.nothingText')}>
          <Link to={userQuery.unfiltered(params)} className={buttonClass('quiet')}>
            {t('list.clear')}
          </Link>
        </EmptyState>
      )}
      <ListPaging nextCursor={nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
