import type { LoaderFunctionArgs } from '@remix-run/node';
import { Link, useLoaderData, useNavigate, useNavigation, useSearchParams } from '@remix-run/react';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, problemText } from '../forms/problem';
import { reloadIfAnswered } from '../forms/keep-page';
import { hostQuery } from '../hosts/list/list-query';
import { RuleFilter } from '../hosts/list/rule-filter';
import { chartsOfMatching, listOfMatching } from '../metrics/across-address';
import { acrossGaps } from '../metrics/across-gaps';
import { acrossLines, widthOf } from '../metrics/across-series';
import { ChartFrame } from '../metrics/chart-frame';
import { rangeOf, spanSearch } from '../metrics/range';
import { useAcrossGaps } from '../metrics/use-across-gaps';
import type { PageHandle } from '../page-handle';
import { PageProblem } from '../page-problem';
import { ruleFaultOf } from '../rules/rule-fault';
import { EmptyState } from '../ui/empty-state';
import { Total } from '../ui/list/total';

// Drawing begins when the page works.
const AcrossCharts = lazy(() => import('../metrics/across-charts'));

export const handle: PageHandle = { title: (t) => t('across.title') };

/** Of many hosts each costs: these are what most machines tell. */
const METRICS = [
  ...['cpu', 'memory.used', 'load.1', 'swap.used'],
  ...['network.received', 'network.sent', 'disk.read', 'disk.written'],
].join();

/** Of many hosts it is read from many rows. */
const RELOAD_MS = 60_000;

const NOTHING = { all: { step: 'raw' as const, series: [], gaps: [] }, counted: null };

export async function loader({ request, context: { api } }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const range = rangeOf(searchParams);
  const { from: _from, sort: _sort, direction: _direction, cursor: _cursor, ...filter } = hostQuery.read(searchParams);
  const [from, to] = [range.from, range.to].map((second) => new Date(second * 1000).toISOString());
  const asked = await Promise.all([
    api.metrics.query({ ...filter, from, to, metrics: METRICS, aggregate: 'p95' }),
    api.hosts.list({ ...filter, limit: 1 }),
  ]).then(
    ([all, { total, isTotalExact }]) => ({ all, counted: { total, isTotalExact }, fault: null, problem: null }),
    (refusal: unknown) => {
      const problem = asProblem(refusal);
      // Too much at once is for this page to say.
      if (problem.code.startsWith('metrics.')) return { ...NOTHING, fault: null, problem };
      return { ...NOTHING, fault: ruleFaultOf(refusal), problem: null };
    },
  );
  return { range, ...asked };
}

export const shouldRevalidate = reloadIfAnswered;

export default function MetricsOfHosts() {
  const { t, i18n } = useTranslation();
  const { range, all, counted, fault, problem } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const isLoading = useNavigation().state === 'loading';
  const lines = useMemo(() => acrossLines(all), [all]);
  const gaps = useMemo(() => acrossGaps(all.gaps), [all]);
  const explain = useAcrossGaps(gaps);
  const series = [...lines.values()].flatMap(({ average, most }) => [average, most]);
  const time = range.name ? `?range=${range.name}` : spanSearch(range.from, range.to);
  return (
    <div className="flex flex-col gap-6" aria-busy={isLoading || undefined}>
      <div className="flex flex-wrap items-baseline justify-between gap-3">
        <h1 className="text-20 font-semibold">
          {t('across.title')} <span className="ps-1 font-normal text-ink-3">{counted && <Total of={counted} />}</span>
        </h1>
        <Link to={listOfMatching(params)} className="link text-13">
          {t('across.list')}
        </Link>
      </div>
      <RuleFilter
        fault={fault}
        link={(filter) => {
          const changed = new URLSearchParams(params);
          if (filter) changed.set('filter', filter);
          else changed.delete('filter');
          return chartsOfMatching(changed, time);
        }}
      />
      {problem && <EmptyState title={t('across.tooMany')} text={problemText(t, problem, i18n.language)} />}
      {counted && (
        <ChartFrame
          {...{ range, series, width: widthOf(all) }}
          finest={t('across.samples')}
          name="metrics"
          link={(search) => chartsOfMatching(params, search)}
          reloadMs={RELOAD_MS}
        >
          {(asTables) =>
            series.length > 0 ? (
              <Suspense>
                <AcrossCharts
                  {...{ lines, gaps, range, asTables }}
                  onZoom={(from, to) =>
                    navigate(chartsOfMatching(params, spanSearch(from, to)), { preventScrollReset: true })
                  }
                />
              </Suspense>
            ) : counted.total === 0 ? (
              <EmptyState title={t('across.noHosts')} text={t('across.noHostsText')} />
            ) : (
              <EmptyState title={t('charts.nothing')} text={explain([range])[0]!.text}>
                {t('charts.nothingText')}
              </EmptyState>
            )
          }
        </ChartFrame>
      )}
    </div>
  );
}

export const ErrorBoundary = PageProblem;
