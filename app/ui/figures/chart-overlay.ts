import type uPlot from 'uplot';

/** What is drawn over and behind lines, beside them: each has its words, for those who do not see it. */
export interface Overlay {
  /** What happened, in the order of time. */
  marks: readonly Mark[];
  /** Where a figure begins to be too much, or too little. */
  limits: readonly Limit[];
  /** Where there are no figures, and why. */
  gaps: readonly Gap[];
}
export interface Mark {
  /** Seconds since 1970. */
  at: number;
  tone: 'good' | 'bad' | 'neutral';
  text: string;
}
export interface Limit {
  value: number;
  tone: 'warning' | 'critical';
  text: string;
}
export interface Gap {
  /** Seconds since 1970. */
  from: number;
  to: number;
  text: string;
}

/** A limit that is so many times as high as the highest figure is said and not drawn: lines would be flat beside it. */
const HIGHEST_LIMIT = 2;

/** Where an axis ends that has these figures on it. */
export function axisEnd(highest: number, limits: readonly Limit[]): number {
  const near = limits.map(({ value }) => value).filter((value) => value <= HIGHEST_LIMIT * highest);
  const top = Math.max(highest, ...near);
  return top > 0 ? top * 1.15 : 1;
}

/** What is said of a moment without a figure, or about which something happened. `reach` in seconds. */
export function wordsAt({ marks, gaps }: Pick<Overlay, 'marks' | 'gaps'>, moment: number, reach: number): string[] {
  const near = marks.filter(({ at }) => Math.abs(at - moment) <= reach).slice(-2);
  const gap = gaps.find(({ from, to }) => from <= moment && moment <= to);
  return [...(gap ? [gap.text] : []), ...near.map(({ text }) => text)];
}

type Paint = (token: string) => string;

const LIMIT_COLOURS = { warning: '--pending', critical: '--down' } as const;
const MARK_COLOURS = { good: '--up', bad: '--down', neutral: '--off' } as const;

/** Behind the lines: where there are none. */
export function drawGaps(plot: uPlot, { gaps }: Overlay, paint: Paint): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = paint('--off-tint');
  for (const { from, to } of gaps) {
    const [start, end] = [from, to].map((at) => clamp(plot.valToPos(at, 'x', true), bbox));
    ctx.fillRect(start!, bbox.top, end! - start!, bbox.height);
  }
  ctx.restore();
}

/** Over the lines: limits from side to side, and a mark at the moment of each event, with a shape of its own. */
export function drawMarks(plot: uPlot, { marks, limits }: Overlay, paint: Paint): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = pixel;
  ctx.setLineDash([2 * pixel, 3 * pixel]);
  for (const { value, tone } of limits) {
    const y = plot.valToPos(value, 'y', true);
    if (y < bbox.top) continue;
    ctx.strokeStyle = paint(LIMIT_COLOURS[tone]);
    line(ctx, [bbox.left, y], [bbox.left + bbox.width, y]);
  }
  ctx.setLineDash([]);
  for (const { at, tone } of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = paint(MARK_COLOURS[tone]);
    ctx.globalAlpha = 0.5;
    line(ctx, [x, bbox.top], [x, bbox.top + bbox.height]);
    ctx.globalAlpha = 1;
    shape(ctx, { x, y: bbox.top, size: 4 * pixel, tone });
  }
  ctx.restore();
}

const clamp = (x: number, { left, width }: uPlot.BBox) => Math.min(Math.max(x, left), left + width);

function line(ctx: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** Upwards for what is good, downwards for what is bad, else a diamond: colour is not all that tells them apart. */
function shape(
  ctx: CanvasRenderingContext2D,
  { x, y, size, tone }: { x: number; y: number; size: number; tone: Mark['tone'] },
): void {
  const corners = {
    good: [
      [0, 0],
      [1, 2],
      [-1, 2],
    ],
    bad: [
      [-1, 0],
      [1, 0],
      [0, 2],
    ],
    neutral: [
      [0, 0],
      [1, 1],
      [0, 2],
      [-1, 1],
    ],
  }[tone];
  ctx.beginPath();
  for (const [dx, dy] of corners) ctx.lineTo(x + dx! * size, y + dy! * size);
  ctx.closePath();
  ctx.fill();
}
