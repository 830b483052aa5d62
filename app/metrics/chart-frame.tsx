import { Link, useRevalidator } from '@remix-run/react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLive } from '../live/socket';
import { Button, buttonClass } from '../ui/button';
import { Instant } from '../ui/figures/relative-time';
import { useFigures } from '../ui/figures/use-figures';
import { FilterLink } from '../ui/list/filter-link';
import type { Series } from './chart-lines';
import { moves, type Range, rangeNames } from './range';
import { toCsv } from './to-csv';

interface Props {
  range: Range;
  /** How many seconds a point stands for; null where it is one measurement. */
  width: number | null;
  /** What a point is where it is one measurement. */
  finest: string;
  series: readonly Series[];
  /** Of the file that it is saved as. */
  name: string;
  /** An address of this page that shows another time, from the part that says which. */
  link: (search: string) => string;
  /** It is loaded again so often, in milliseconds, where it ends now. */
  reloadMs: number;
  children: (asTables: boolean) => ReactNode;
}

/** Around charts: which time they show, how fine, and the same as tables and as a file. */
export function ChartFrame({ range, width, finest, series, name, link, reloadMs, children }: Props) {
  const { t } = useTranslation();
  const { durationInSentence } = useFigures();
  const headings = {
    time: t('charts.columns.time'),
    lowest: (metric: string) => t('charts.columns.lowest', { metric }),
    highest: (metric: string) => t('charts.columns.highest', { metric }),
  };
  const [asTables, setAsTables] = useState(false);
  useLiveEnd(range, Math.max(reloadMs, (width ?? 0) * 1000));
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <nav aria-label={t('charts.range')} className="-ms-2.5 flex min-w-0 gap-1 overflow-x-auto text-13">
          {rangeNames.map((name) => (
            <FilterLink key={name} to={link(`?range=${name}`)} isChosen={range.name === name}>
              {t(`charts.ranges.${name}`)}
            </FilterLink>
          ))}
        </nav>
        <div className="flex flex-wrap gap-2">
          {(['earlier', 'wider', 'later'] as const).map((move) => (
            <Link key={move} to={link(moves[move](range))} preventScrollReset className={buttonClass('quiet')}>
              {t(`charts.${move}`)}
            </Link>
          ))}
          <Button onPress={() => setAsTables(!asTables)}>{t(asTables ? 'host.showCharts' : 'host.showTables')}</Button>
          <Button onPress={() => save(`${name}.csv`, toCsv({ series }, headings))} isDisabled={series.length === 0}>
            {t('charts.csv')}
          </Button>
        </div>
      </div>
      <p className="text-12 text-ink-2">
        <Instant at={new Date(range.from * 1000).toISOString()} /> –{' '}
        <Instant at={new Date(range.to * 1000).toISOString()} />
        {'. '}
        {width === null ? finest : t('charts.resolution', { width: durationInSentence(width) })} {t('charts.drag')}
      </p>
      {children(asTables)}
    </div>
  );
}

/** A range that ends now goes on with the time, while it is looked at and the server is there. */
function useLiveEnd({ name }: Range, everyMs: number) {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  useEffect(() => {
    if (name === null) return;
    // A timer counts 24 days at most; no point is as wide.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && isLive()) latest.current();
    }, everyMs);
    return () => clearInterval(timer);
  }, [name, everyMs]);
}

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
