import type uPlot from 'uplot';
import { axisEnd, drawGaps, drawMarks, type Overlay } from './chart-overlay';
import { dateFormat } from './formatters';

/** What the figures are: decides where the lines behind them stand. Every axis starts at zero. */
export type ChartUnit = 'percent' | 'bytes' | 'number';

interface Options {
  element: HTMLElement;
  lines: number;
  /** Of each line, whether it has a band behind it: its lowest and its highest. */
  banded: readonly boolean[];
  unit: ChartUnit;
  max: number | undefined;
  locale: string;
  timeZone: string;
  format: (value: number) => string;
  onHover: (at: number | null) => void;
  sync: string | undefined;
  /** Told of the part that was drawn over, in seconds since 1970. */
  onZoom: ((from: number, to: number) => void) | undefined;
  /** A moment of Unix seconds, as a date whose local fields are those of the zone. */
  toZone: (seconds: number) => Date;
  /** Read whenever it draws. */
  overlay: () => Overlay;
}

/** Powers of two: steps of a thousand would label a binary axis 9.31 GiB. */
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

/** Half of "12:45:30 PM" at 11 px. */
const HALF_LABEL = 34;

const AXIS_FONT = '11px sans-serif';

/** uPlot's options for our charts: hairlines, no legend of its own, colours from the tokens. */
export function chartOptions({
  element,
  lines,
  banded,
  unit,
  max,
  locale,
  timeZone,
  format,
  onHover,
  sync,
  onZoom,
  toZone,
  overlay,
}: Options): uPlot.Options {
  const paint = (name: string) => resolveColor(element, name);
  const token = (name: string) => () => paint(name);
  const bands = banded.filter(Boolean).length * 2;
  const axis = { stroke: token('--ink-3'), font: AXIS_FONT, ticks: { show: false } } satisfies uPlot.Axis;
  const end = unit === 'percent' ? 100 : max;
  const grid = { stroke: token('--line'), width: 1 };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    padding: [6, 1, 0, 0],
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, end ?? axisEnd(high, overlay().limits)] } },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        space: 80,
        grid: { show: false },
        // A label at the very edge would be cut in half.
        values: (plot, times, _axis, _space, step) => {
          const last = plot.over.clientWidth - HALF_LABEL;
          const labels = timeLabels(times, { step, locale, timeZone });
          return labels.map((label, i) => (plot.valToPos(times[i]!, 'x') > last ? '' : label));
        },
      },
      {
        ...axis,
        size: 64,
        gap: 6,
        space: 34,
        grid,
        ...(unit === 'bytes' && { incrs: BINARY_STEPS }),
        values: (_plot, values) => values.map((value) => format(value)),
      },
    ],
    series: [
      {},
      // First, for they lie behind the lines.
      ...Array.from({ length: bands }, (): uPlot.Series => ({
        stroke: 'transparent',
        width: 0,
        points: { show: false },
      })),
      ...Array.from({ length: lines }, (_, line) => lineLook(line, { lines, bands, token })),
    ],
    bands: banded
      .flatMap((isBanded, line) => (isBanded ? [line] : []))
      .map((line, i) => ({ series: [2 * i + 1, 2 * i + 2], fill: token(line === 0 ? '--accent-tint' : '--off-tint') })),
    tzDate: toZone,
    cursor: {
      y: false,
      drag: { x: onZoom !== undefined, y: false, setScale: false },
      // Whoever draws over a part may leave the chart on the way; uPlot would end the part at the edge that is nearest.
      bind: {
        mouseleave: (_plot, _target, leave) => (event) => {
          if (onZoom && event.buttons & 1) document.addEventListener('mouseup', () => leave(event), { once: true });
          else leave(event);
          return null;
        },
      },
      points: {
        size: (_plot, series) => (series > bands ? 6 : 0),
        fill: (_plot, series) => paint(LINES[series - bands - 1]?.token ?? '--ink-3'),
      },
      // Only where the pointer is: what is drawn over in one chart is said by that one alone.
      ...(sync && {
        sync: { key: sync, filters: { pub: (event) => event === 'mousemove' || event === 'mouseleave' } },
      }),
    },
    hooks: {
      drawClear: [(plot) => drawGaps(plot, overlay(), paint)],
      draw: [(plot) => drawMarks(plot, overlay(), paint)],
      setCursor: [(plot) => onHover(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (!onZoom || width < LEAST_DRAG) return;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
        },
      ],
    },
  };
}

/** Less is a press with an unsteady hand. */
const LEAST_DRAG = 6;
const DAY = 86_400;

/**
 * What stands under an axis of time: the time of day, and at the first moment of each day its date instead.
 * @param times in seconds since 1970, `step` between them
 */
export function timeLabels(
  times: readonly number[],
  { step, locale, timeZone }: { step: number; locale: string; timeZone: string },
): string[] {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = dateFormat(locale, { ...options, timeZone });
    return (time: number) => formatter.format(time * 1_000);
  };
  const clock = format({ hour: 'numeric', minute: '2-digit', ...(step < 60 && { second: '2-digit' }) });
  const day = format({ month: 'short', day: 'numeric' });
  if (step >= 28 * DAY) return times.map(format({ year: 'numeric', month: 'short' }));
  if (step >= DAY) return times.map(day);
  return times.map((time, i) => (i > 0 && day(time) !== day(times[i - 1]!) ? day(time) : clock(time)));
}

/** Of each line its colour and its dash: they differ by both together. */
export const LINES = [
  { token: '--accent', dash: [] },
  { token: '--ink-3', dash: [4, 3] },
  { token: '--ink-2', dash: [1, 3] },
];

// A single one is filled, which is read faster at this size.
function lineLook(
  line: number,
  { lines, bands, token }: { lines: number; bands: number; token: (name: string) => () => string },
): uPlot.Series {
  return {
    stroke: token(LINES[line]!.token),
    width: 1.5,
    // A figure between two gaps has no line to be on.
    points: { size: 4, filter: (plot, series) => lonePoints(plot.data[series]!) },
    ...(lines === 1 && bands === 0 && { fill: token('--accent-tint') }),
    ...(line > 0 && { dash: LINES[line]!.dash }),
  };
}

/** Where there is a figure with none before and none after it. */
export function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  return Array.from(values, (_, at) => at).filter(
    (at) => values[at] != null && values[at - 1] == null && values[at + 1] == null,
  );
}

/**
 * What a token is in the theme that holds, as canvas understands it: `light-dark()` is resolved only in a real
 * property.
 */
function resolveColor(element: HTMLElement, token: string): string {
  element.style.color = `var(${token})`;
  return getComputedStyle(element).color;
}
