import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type uPlot from 'uplot';
import { chartOptions, type ChartUnit, LINES } from './chart-options';
import { type Gap, type Limit, type Mark, wordsAt } from './chart-overlay';
import { useTimeZone } from './clock';
import { formatMinute, formatTime } from './format-time';

export interface ChartSeries {
  label: string;
  /** As long as `times`; null where there is no figure, which leaves a gap. */
  values: (number | null)[];
  /** The lowest and the highest of what each value stands for, as long as `values`. */
  band?: { low: (number | null)[]; high: (number | null)[] } | null;
}

interface Props {
  title: string;
  /** Seconds since 1970, rising. */
  times: number[];
  /** Up to three: a dash and a colour tell so many apart. A new array only when its figures are new. */
  series: ChartSeries[];
  unit: ChartUnit;
  /** Where the axis ends; else a little above the highest figure. */
  max?: number;
  format: (value: number) => string;
  /** Charts of one name move their crosshairs together. */
  sync?: string;
  /** The same figures as a table instead, for those who do not see lines. */
  asTable?: boolean;
  /** Beside the figure: what it is a part of. */
  end?: ReactNode;
  /** Called with the part that was drawn over, in seconds since 1970. A new function means no new canvas. */
  onZoom?: (from: number, to: number) => void;
  /** One sentence that says what the lines show. */
  summary?: string;
  // New arrays only when they say something new.
  marks?: readonly Mark[];
  limits?: readonly Limit[];
  gaps?: readonly Gap[];
}

const NONE: readonly never[] = [];
/** So much of the width is near a mark. */
const REACH = 0.01;

/**
 * Lines over time, each with its name and its figure above: that of the moment under the crosshair, else the last one.
 */
export function Chart({ title, times, series, unit, max, format, sync, onZoom, ...props }: Props) {
  const { asTable = false, end, summary, marks = NONE, limits = NONE, gaps = NONE } = props;
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  const [hovered, setHovered] = useState<number | null>(null);
  const moment = hovered === null ? undefined : times[hovered];
  const sayMoment = momentFormat(times);
  const at = hovered !== null && hovered < times.length ? hovered : times.length - 1;
  const figure = (values: (number | null)[]) => {
    const value = values[at];
    return value === null || value === undefined ? '–' : format(value);
  };
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      <figcaption className="relative flex min-h-6 flex-wrap items-baseline justify-between gap-x-4">
        <span className="text-12 text-ink-2">{title}</span>
        <span className="flex flex-wrap items-baseline gap-x-3">
          {series.map(({ label, values }, line) => (
            <span key={label} className="inline-flex items-baseline gap-1.5">
              {series.length > 1 && <Line place={line} />}
              {series.length > 1 && <span className="text-12 text-ink-2">{label}</span>}
              <span
                className={`min-w-[6ch] text-end tabular-nums ${series.length > 1 ? 'text-13 font-medium' : 'text-16 font-semibold'}`}
                suppressHydrationWarning
              >
                {figure(values)}
              </span>
            </span>
          ))}
          {end && <span className="text-12 text-ink-3">{end}</span>}
        </span>
        {moment !== undefined && (
          // Over the lines: in a line of its own, or in that of the title, it would move them from under the pointer.
          <span className="pointer-events-none absolute start-16 top-full z-10 flex max-w-[calc(100%-4rem)] gap-2 truncate bg-paper/80 px-1 text-12 text-ink">
            {sayMoment(moment * 1_000, i18n.language, timeZone)}
            {wordsAt({ marks, gaps }, moment, REACH * (times.at(-1)! - times[0]!)).map((words) => (
              <span key={words} className="truncate text-ink-2">
                {words}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      {summary && <p className="sr-only">{summary}</p>}
      {asTable ? (
        <ChartTable {...{ title, times, series, format, marks, limits, gaps }} />
      ) : (
        <Plot {...{ times, series, unit, max, format, sync, onZoom, marks, limits, gaps, onHover: setHovered }} />
      )}
    </figure>
  );
}

/** The line's own look, beside its name. */
function Line({ place }: { place: number }) {
  const { token, dash } = LINES[place]!;
  return (
    <svg viewBox="0 0 14 4" aria-hidden="true" className="h-1 w-3.5 self-center" style={{ color: `var(${token})` }}>
      <path d="M0 2h14" stroke="currentColor" strokeWidth="2" strokeDasharray={dash.join(' ')} />
    </svg>
  );
}

const DAY = 86_400;

/** With its date, where the axis is longer than a day. */
const momentFormat = (times: readonly number[]) =>
  (times.at(-1) ?? 0) - (times[0] ?? 0) > DAY ? formatMinute : formatTime;

type PlotProps = Pick<Props, 'times' | 'series' | 'unit' | 'max' | 'format' | 'sync' | 'onZoom'> &
  Required<Pick<Props, 'marks' | 'limits' | 'gaps'>> & { onHover: (at: number | null) => void };

/** The canvas. Hidden from screen readers: the caption and the table say the same. */
function Plot({ times, series, unit, max, format, sync, onZoom, marks, limits, gaps, onHover }: PlotProps) {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  // What an existing plot reads when it draws: a new formatter must not mean a new canvas.
  const latest = useRef({ format, onHover, onZoom });
  useEffect(() => {
    latest.current = { format, onHover, onZoom };
  });

  const data = useMemo<uPlot.AlignedData>(() => {
    const bands = series.flatMap(({ band }) => (band ? [band.high, band.low] : []));
    return [times, ...bands, ...series.map(({ values }) => values)];
  }, [times, series]);
  const lines = series.length;
  // By value: the series are new ones with each load.
  const banded = series.map(({ band }) => (band ? 1 : 0)).join('');
  const canZoom = onZoom !== undefined;
  const initial = useRef(data);
  const overlay = useRef({ marks, limits, gaps });
  useEffect(() => {
    initial.current = data;
    overlay.current = { marks, limits, gaps };
    // Which draws what lies over the lines, too.
    plot.current?.setData(data);
  }, [data, marks, limits, gaps]);

  useEffect(() => {
    const element = holder.current!;
    const leaving = new AbortController();
    const draw = (Plotter: typeof uPlot) => {
      if (leaving.signal.aborted) return;
      const options = chartOptions({
        element,
        lines,
        banded: [...banded].map((sign) => sign === '1'),
        unit,
        max,
        sync,
        toZone: (seconds) => Plotter.tzDate(new Date(seconds * 1_000), timeZone),
        onZoom: canZoom ? (from, to) => latest.current.onZoom?.(from, to) : undefined,
        locale: i18n.language,
        timeZone,
        format: (value) => latest.current.format(value),
        onHover: (at) => latest.current.onHover(at),
        overlay: () => overlay.current,
      });
      const made = new Plotter(options, initial.current, element);
      plot.current = made;
      leaving.signal.addEventListener('abort', follow(made, element));
    };
    // A tenth of the page's script, which nothing else of the page has to wait for.
    import('uplot').then(
      ({ default: Plotter }) => draw(Plotter),
      (error: unknown) =>
        console.error('The lines of a chart cannot be drawn; its figures and its table are there.', error),
    );
    return () => {
      leaving.abort();
      plot.current = undefined;
    };
  }, [lines, banded, canZoom, unit, max, sync, i18n.language, timeZone]);

  return <div ref={holder} className="h-28 w-full overflow-hidden" dir="ltr" aria-hidden="true" />;
}

/** Keeps the canvas as large as its place and in the page's colours. Returns the function that takes it away. */
function follow(plot: uPlot, element: HTMLElement): () => void {
  const sizes = new ResizeObserver(([entry]) => {
    if (entry) plot.setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
  });
  sizes.observe(element);
  // Canvas does not follow CSS: colours are read again when the theme changes.
  const redraw = () => plot.redraw();
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  return () => {
    sizes.disconnect();
    themes.disconnect();
    scheme.removeEventListener('change', redraw);
    plot.destroy();
  };
}

type TableProps = Pick<Props, 'title' | 'times' | 'series' | 'format'> &
  Required<Pick<Props, 'marks' | 'limits' | 'gaps'>>;

function ChartTable({ title, times, series, format, marks, limits, gaps }: TableProps) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const sayMoment = momentFormat(times);
  const figure = (value: number | null | undefined) => (value === null || value === undefined ? '–' : format(value));
  const columns = series.flatMap(({ label, values, band }) => [
    { label, values },
    ...(band
      ? [
          { label: t('chart.lowest', { of: label }), values: band.low },
          { label: t('chart.highest', { of: label }), values: band.high },
        ]
      : []),
  ]);
  const rows = [
    ...times.map((at, row) => {
      const isNone = series.every(({ values }) => values[row] == null);
      return { at, row, text: isNone ? gaps.find(({ from, to }) => from <= at && at <= to)?.text : undefined };
    }),
    ...marks.map(({ at, text }) => ({ at, row: null, text })),
  ].sort((a, b) => a.at - b.at);
  return (
    // It scrolls by itself, so the keyboard must be able to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="h-28 overflow-y-auto" tabIndex={0} role="region" aria-label={title}>
      <table className="w-full text-12">
        {limits.length > 0 && (
          <caption className="text-start text-ink-2">{limits.map(({ text }) => text).join(' · ')}</caption>
        )}
        <thead>
          <tr className="text-start text-ink-2">
            <th scope="col" className="text-start font-normal">
              {t('chart.time')}
            </th>
            {columns.map(({ label }) => (
              <th key={label} scope="col" className="ps-3 text-end font-normal">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, row, text }, i) => (
            <tr key={i} className="border-t border-line">
              <th scope="row" className="text-start font-normal">
                {sayMoment(at * 1_000, i18n.language, timeZone)}
              </th>
              {text === undefined ? (
                columns.map(({ label, values }) => (
                  <td key={label} className="ps-3 text-end">
                    {figure(values[row!])}
                  </td>
                ))
              ) : (
                <td colSpan={columns.length} className="ps-3 text-end text-ink-2">
                  {text}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
