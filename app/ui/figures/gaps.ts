/** More than so many usual distances without a figure, and the line breaks: a straight line over an outage is a lie. */
const GAP = 2.5;

/**
 * Where lines break: a moment in the middle of each gap, by the index of the moment after it.
 * @param times rising
 */
export function gapsIn(times: readonly number[]): ReadonlyMap<number, number> {
  const longest = GAP * usualStep(times);
  const gaps = new Map<number, number>();
  for (let i = 1; i < times.length; i++)
    if (times[i]! - times[i - 1]! > longest) gaps.set(i, (times[i - 1]! + times[i]!) / 2);
  return gaps;
}

/** The median; infinite for fewer than two moments, which have no step. */
function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  if (steps.length === 0) return Infinity;
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
}
