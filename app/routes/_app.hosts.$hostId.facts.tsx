import type { LoaderFunctionArgs } from '@remix-run/node';
import { Form, Link, useLoaderData, useSearchParams, useSubmit } from '@remix-run/react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { FactChanges } from '../facts/fact-changes';
import { FactTables } from '../facts/fact-tables';
import { historyQuery, readFactsQuery, SPANS } from '../facts/facts-query';
import { selectFacts } from '../facts/select-facts';
import { useHost } from '../hosts/page/host-context';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { buttonClass } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { FilterInput } from '../ui/list/filter-input';
import { FilterSelect } from '../ui/list/filter-select';
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
  const submit = useSubmit();
  const { search, days } = readFactsQuery(params);
  const [searchId, daysId] = [useId(), useId()];
  // The stream carries no facts: they are asked for until all are there.
  useReloadOnChange(!isComplete && host.state === 'up');
  if (!isKnown)
    return <EmptyState title={t('facts.none')} text={t(host.state === 'up' ? 'facts.noneUp' : 'facts.noneDown')} />;
  return (
    <div className="flex flex-col gap-6">
      <Form
        key={host.id}
        className="flex max-w-2xl flex-wrap items-end gap-3 text-13"
        onChange={({ currentTarget }) => submit(currentTarget, { replace: true, preventScrollReset: true })}
      >
        <div className="flex min-w-48 grow flex-col gap-1">
          <label htmlFor={searchId}>{t('facts.search')}</label>
          <FilterInput id={searchId} name="search" type="search" maxLength={300} value={search} className="px-2" />
        </div>
        <div className="flex flex-col gap-1">
          <label htmlFor={daysId}>{t('facts.changedWithin')}</label>
          <FilterSelect
            id={daysId}
            name="days"
            value={String(days)}
            options={SPANS.map((span) => ({ value: String(span), text: t('hosts.days', { count: span }) }))}
          />
        </div>
        <noscript>
          <button type="submit" className={buttonClass('quiet')}>
            {t('facts.show')}
          </button>
        </noscript>
      </Form>
      <Section title={t('facts.changes')}>
        {history.changes.length > 0 ? (
          <FactChanges changes={history.changes} />
        ) : (
          <p className="text-13 text-ink-2">{t('facts.nothingChanged', { count: days })}</p>
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
