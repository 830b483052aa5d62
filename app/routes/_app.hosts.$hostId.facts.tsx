import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { ChangeFilters } from '../facts/change-filters';
import { FactChanges } from '../facts/fact-changes';
import { FactTables } from '../facts/fact-tables';
import { historyQuery, readFactsQuery } from '../facts/facts-query';
import { selectFacts } from '../facts/select-facts';
import { useHost } from '../hosts/page/host-context';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { SearchField } from '../ui/fields/search-field';
import { changeList, listAddress } from '../ui/list/list-address';
import { ListPaging } from '../ui/list/list-paging';
import { Section } from '../ui/section';

export async function loader({ params, request, context: { api } }: LoaderFunctionArgs) {
  const hostId = params.hostId!;
  const asked = new URL(request.url).searchParams;
  const [{ isComplete, sections }, history] = await Promise.all([
    api.facts.get({ hostId }),
    api.facts.history({ hostId, ...historyQuery(asked) }),
  ]);
  return {
    isComplete,
    isKnown: sections.length > 0,
    sections: selectFacts(sections, readFactsQuery(asked).search),
    history,
  };
}

/** What a host is made of, and what of it changed. */
export default function FactsPage() {
  const { t } = useTranslation();
  const { isComplete, isKnown, sections, history } = useLoaderData<typeof loader>();
  const { host } = useHost();
  const [params] = useSearchParams();
  const { search, days, since, section } = readFactsQuery(params);
  const nothingChanged = since || section ? t('facts.nothingMatches') : t('facts.nothingChanged', { count: days });
  const link = (changes: Record<string, string | undefined>) =>
    listAddress(`/hosts/${host.id}/facts`, changeList(params, changes));
  // The stream carries no facts: they are asked for until all are there.
  useReloadOnChange(!isComplete && host.state === 'up');
  if (!isKnown)
    return <EmptyState title={t('facts.none')} text={t(host.state === 'up' ? 'facts.noneUp' : 'facts.noneDown')} />;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t('facts.search')} maxLength={300} link={(search) => link({ search })} />
      </div>
      <Section title={t('facts.changes')}>
        <ChangeFilters link={link} />
        {history.changes.length > 0 ? (
          <FactChanges changes={history.changes} />
        ) : (
          <p className="text-13 text-ink-2">{nothingChanged}</p>
        )}
        <ListPaging nextCursor={history.nextCursor} />
      </Section>
      {sections.length > 0 ? (
        <FactTables sections={sections} />
      ) : (
        <EmptyState title={t('facts.nothingFound')} text={t('facts.nothingFoundText', { search })}>
          <Link to="?" className={buttonClass('quiet')}>
            {t('facts.showAll')}
          </Link>
        </EmptyState>
      )}
    </div>
  );
}
