import { Link, useNavigate, useRevalidator } from '@remix-run/react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLive } from '../../live/socket';
import { Button, buttonClass } from '../../ui/button';
import { Instant } from '../../ui/figures/relative-time';
import { useFigures } from '../../ui/figures/use-figures';
import { FilterLink } from '../../ui/list/filter-link';
import type { HostChart, HostDetail } from '../host-types';
import { moves, type Range, rangeNames, spanSearch } from './range';
import { toCsv } from './to-csv';

// Drawing begins when the page works.
const MetricCharts = lazy(() => import('./metric-charts'));

interface Props {
  host: HostDetail;
  range: Range;
  chart: HostChart;
}

/** What was measured, as far back as it is kept. Which part of it is shown stands in the address. */
export function HostMetrics({ host, range, chart }: Props) {
  const { t } = useTranslation();
  const { duration } = useFigures();
  const navigate = useNavigate();
  const [asTables, setAsTables] = useState(false);
  useLiveEnd(range, chart);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <nav aria-label={t('charts.range')} className="-ms-2.5 flex min-w-0 gap-1 overflow-x-auto text-13">
          {rangeNames.map((name) => (
            <FilterLink key={name} to={`?range=${name}`} isChosen={range.name === name}>
              {t(`charts.ranges.${name}`)}
            </FilterLink>
          ))}
        </nav>
        <div className="flex flex-wrap gap-2">
          {(['earlier', 'wider', 'later'] as const).map((move) => (
            <Link key={move} to={moves[move](range)} preventScrollReset className={buttonClass('quiet')}>
              {t(`charts.${move}`)}
            </Link>
          ))}
          <Button onPress={() => setAsTables(!asTables)}>{t(asTables ? 'host.showCharts' : 'host.showTables')}</Button>
          <Button onPress={() => save(`${host.fqdn}.csv`, toCsv(chart))} isDisabled={chart.series.length === 0}>
            {t('charts.csv')}
          </Button>
        </div>
      </div>
      <p className="text-12 text-ink-2">
        <Instant at={new Date(range.from * 1000).toISOString()} /> –{' '}
        <Instant at={new Date(range.to * 1000).toISOString()} />
        {'. '}
        {chart.width === null ? t('charts.samples') : t('charts.resolution', { width: duration(chart.width) })}{' '}
        {t('charts.drag')}
      </p>
      <Suspense>
        <MetricCharts
          chart={chart}
          enrolledAt={host.registeredAt}
          asTables={asTables}
          isLive={range.name !== null}
          onZoom={(from, to) => navigate(spanSearch(from, to), { preventScrollReset: true })}
        />
      </Suspense>
    </div>
  );
}

/** Often enough for what one sample, or one point, is apart from the next. */
const LEAST_RELOAD_MS = 15_000;

/** A range that ends now goes on with the time, while it is looked at and the server is there. */
function useLiveEnd({ name }: Range, { width }: HostChart) {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    if (name === null) return;
    const everyMs = Math.max(LEAST_RELOAD_MS, (width ?? 0) * 1000);
    // A timer counts 24 days at most; no point is as wide.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && isLive()) latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [name, width]);
}

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
