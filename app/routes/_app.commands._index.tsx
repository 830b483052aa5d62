import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { CommandFilters } from '../commands/command-filters';
import { CommandTable } from '../commands/command-table';
import { commandQuery } from '../commands/list-query';
import { useLiveCounts } from '../commands/use-live-counts';
import { PageProblem } from '../page-problem';
import { usePermissions } from '../permissions';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ListPaging } from '../ui/list/list-paging';

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const { sort: _sort, direction: _direction, ...query } = commandQuery.read(new URL(request.url).searchParams);
  return api.commands.list(query);
}

export default function CommandsPage() {
  const { t } = useTranslation();
  const loaded = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const may = usePermissions();
  const commands = useLiveCounts(loaded, { news: !params.has('cursor') });
  const isFiltered = commandQuery.isFiltered(params);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">{t('commands.title')}</h1>
        <div className="flex flex-wrap gap-2">
          <Link to="/commands/saved" className={buttonClass('quiet')}>
            {t('saved.title')}
          </Link>
          {may.has('commands.run') && (
            <Link to="/commands/new" className={buttonClass('primary')}>
              {t('commands.run')}
            </Link>
          )}
        </div>
      </div>
      <CommandFilters />
      {commands.length > 0 ? (
        <CommandTable commands={commands} />
      ) : isFiltered ? (
        <EmptyState title={t('commands.nothing')} text={t('commands.nothingText')}>
          <Link to={commandQuery.unfiltered(params)} className={buttonClass('quiet')}>
            {t('list.clear')}
          </Link>
        </EmptyState>
      ) : (
        <EmptyState title={t('commands.none')} text={t('commands.noneText')} />
      )}
      <ListPaging nextCursor={loaded.nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
