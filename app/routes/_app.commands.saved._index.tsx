import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { PageProblem } from '../page-problem';
import { usePermissionsEverywhere } from '../permissions';
import { savedQuery } from '../saved-commands/list-query';
import { SavedTable } from '../saved-commands/saved-table';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { SearchField } from '../ui/fields/search-field';
import { ListPaging } from '../ui/list/list-paging';
import { Total } from '../ui/list/total';

export const loader = ({ request, context: { api } }: LoaderFunctionArgs) =>
  api.savedCommands.list(savedQuery.read(new URL(request.url).searchParams));

export default function SavedCommandsPage() {
  const { t } = useTranslation();
  const { savedCommands, nextCursor, ...counted } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const maySave = usePermissionsEverywhere().has('commands.run');
  const save = maySave && (
    <Link to="/commands/saved/new" className={buttonClass('primary')}>
      {t('saved.make')}
    </Link>
  );
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-20 font-semibold">
          {t('saved.title')}{' '}
          <span className="ps-1 font-normal text-ink-3">
            <Total of={counted} />
          </span>
        </h1>
        {save}
      </div>
      <SearchField label={t('saved.search')} maxLength={100} link={(search) => savedQuery.link(params, { search })} />
      {savedCommands.length > 0 ? (
        <SavedTable commands={savedCommands} />
      ) : savedQuery.isFiltered(params) ? (
        <EmptyState title={t('saved.nothing')} text={t('saved.nothingText')}>
          <Link to={savedQuery.unfiltered(params)} className={buttonClass('quiet')}>
            {t('list.clear')}
          </Link>
        </EmptyState>
      ) : (
        <EmptyState title={t('saved.none')} text={t('saved.noneText')} />
      )}
      <ListPaging nextCursor={nextCursor} />
    </div>
  );
}

export const ErrorBoundary = PageProblem;
