import { Link, useNavigate, useNavigation, useSearchParams } from '@remix-run/react';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '../forms/problem';
import { RuleFilter } from '../hosts/list/rule-filter';
import { EmptyState } from '../ui/empty-state';
import { Total } from '../ui/list/total';
import { chartsOfMatching } from './across-address';
import { acrossGaps } from './across-gaps';
import { acrossLines, widthOf } from './across-series';
import { ChartFrame } from './chart-frame';
import type { loadAcross } from './load-across.server';
import { spanSearch } from './range';
import { useAcrossGaps } from './use-across-gaps';

// Drawing begins when the page works.
const AcrossCharts = lazy(() => import('./across-charts'));

/** Of many hosts it is read from many rows. */
const RELOAD_MS = 60_000;

interface Props {
  loaded: Awaited<ReturnType<typeof loadAcross>>;
  title: string;
  /** Of the page, without its filters. */
  path: string;
  /** The address of the list of the same hosts. */
  list: string;
  /** What else narrows it, and the ways from it. */
  children?: ReactNode;
}

/** The charts of many hosts, which a rule may narrow. */
export function AcrossPage({ loaded, title, path, list, children }: Props) {
  const { t, i18n } = useTranslation();
  const { range, all, counted, fault, problem } = loaded;
  const [params] = useSearchParams();
  const navigate = useNavigate();
  // No time is short enough for these.
  const isTooMany = problem?.code === 'metrics.too_many_hosts';
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
          {title} <span className="ps-1 font-normal text-ink-3">{counted && <Total of={counted} />}</span>
        </h1>
        <Link to={list} className="link text-13">
          {t('across.list')}
        </Link>
      </div>
      {children}
      <RuleFilter
        fault={fault}
        link={(filter) => {
          const changed = new URLSearchParams(params);
          if (filter) changed.set('filter', filter);
          else changed.delete('filter');
          return chartsOfMatching(changed, time, path);
        }}
      />
      {problem && (
        <EmptyState title={t('across.tooMany')} text={problemText(t, problem, i18n.language)}>
          {!isTooMany && <p className="text-ink-2">{t('across.shorter')}</p>}
        </EmptyState>
      )}
      {counted && (
        <ChartFrame
          {...{ range, series, width: widthOf(all) }}
          finest={isTooMany ? '' : t('across.samples')}
          name="metrics"
          link={(search) => chartsOfMatching(params, search, path)}
          reloadMs={RELOAD_MS}
        >
          {(asTables) =>
            series.length > 0 ? (
              <Suspense>
                <AcrossCharts
                  {...{ lines, gaps, range, asTables }}
                  onZoom={(from, to) =>
                    navigate(chartsOfMatching(params, spanSearch(from, to), path), { preventScrollReset: true })
                  }
                />
              </Suspense>
            ) : isTooMany ? null : counted.total === 0 ? (
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
