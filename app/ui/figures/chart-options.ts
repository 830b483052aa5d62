import type uPlot from 'uplot';

/** What the figures are: decides where the lines behind them stand. Every axis starts at zero. */
export type ChartUnit = 'percent' | 'bytes' | 'number';

interface Options {
  element: HTMLElement;
  lines: number;
  unit: ChartUnit;
  max: number | undefined;
  locale: string;
  timeZone: string;
  format: (value: number) => string;
  onHover: (at: number | null) => void;
  sync: string | undefined;
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
  unit,
  max,
  locale,
  timeZone,
  format,
  onHover,
  sync,
}: Options): uPlot.Options {
  const token = (name: string) => () => resolveColor(element, name);
  const minutes = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone });
  const seconds = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZone });
  const axis = { stroke: token('--ink-3'), font: AXIS_FONT, ticks: { show: false } } satisfies uPlot.Axis;
  const end = unit === 'percent' ? 100 : max;
  const grid = { stroke: token('--line'), width: 1 };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    padding: [6, 1, 0, 0],
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, end ?? (high > 0 ? high * 1.15 : 1)] } },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        space: 80,
        grid: { show: false },
        // A label at the very edge would be cut in half.
        values: (plot, times, _axis, _space, step) => {
          const clock = step < 60 ? seconds : minutes;
          const last = plot.over.clientWidth - HALF_LABEL;
          return times.map((time) => (plot.valToPos(time, 'x') > last ? '' : clock.format(time * 1_000)));
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
    series: [{}, ...Array.from({ length: lines }, (_, line) => lineLook(line, lines, token))],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6, fill: (_plot, line) => resolveColor(element, line === 1 ? '--accent' : '--ink-3') },
      ...(sync && { sync: { key: sync } }),
    },
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx ?? null)] },
  };
}

// Two lines at the most differ by dash and colour together; a single one is filled, which is read faster at this size.
function lineLook(line: number, lines: number, token: (name: string) => () => string): uPlot.Series {
  return {
    stroke: token(line === 0 ? '--accent' : '--ink-3'),
    width: 1.5,
    // A figure between two gaps has no line to be on.
    points: { size: 4, filter: (plot, series) => lonePoints(plot.data[series]!) },
    ...(lines === 1 && { fill: token('--accent-tint') }),
    ...(line > 0 && { dash: [4, 3] }),
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
