/** More than so many usual distances without a figure, and the line breaks: a straight line over an outage is a lie. */
const GAP = 2.5;
/** Where it is known that nobody measured, one figure that is missing is enough. */
const KNOWN_GAP = 1.5;

/** From when until when, in the unit of the moments. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Where lines break: a moment in the middle of each gap, by the index of the moment after it.
 * @param times rising
 * @param known when nothing was measured, whatever the distances say
 */
export function gapsIn(times: readonly number[], known: readonly Span[] = []): ReadonlyMap<number, number> {
  const usual = usualStep(times);
  const gaps = new Map<number, number>();
  for (let i = 1; i < times.length; i++) {
    const [before, after] = [times[i - 1]!, times[i]!];
    const isKnown = known.some(({ from, to }) => from < after && to > before);
    if (after - before > (isKnown ? KNOWN_GAP : GAP) * usual) gaps.set(i, (before + after) / 2);
  }
  return gaps;
}

/** The median; infinite for fewer than two moments, which have no step. */
function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  if (steps.length === 0) return Infinity;
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
}
