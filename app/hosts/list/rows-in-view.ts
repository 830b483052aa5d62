/** A part of a long list: how high its rows are, in pixels, or will be about. */
interface Part {
  height: number;
}

/**
 * Which parts of a list stand on the screen or less than a screen away from it, as indices, both inclusive; the second
 * is less than the first when none does.
 * @param top where the first part begins, in pixels from the top of the screen
 */
export function partsInView(
  parts: readonly Part[],
  { top, screen }: { top: number; screen: number },
): [number, number] {
  let [first, last, y] = [0, -1, top];
  for (const [i, { height }] of parts.entries()) {
    if (y + height > -screen && y < 2 * screen) {
      if (last < 0) first = i;
      last = i;
    }
    y += height;
  }
  return [first, last];
}
