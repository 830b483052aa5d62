/**
 * A line of two texts: of both, of the first alone, or of the second alone. `cut`: so many that are alike are left out.
 */
export type DiffLine = { kind: 'same' | 'first' | 'second'; text: string } | { kind: 'cut'; count: number };

/** Lines that are alike on either side of one that is not. */
const CONTEXT = 2;

/**
 * Cells of the table that finds what is alike. Of longer texts all between the first and the last difference differs.
 */
const MOST_CELLS = 4_000_000;

/** What of the second text is other than in the first, a line at a time. */
export function diffLines(first: string, second: string): DiffLine[] {
  const [a, b] = [linesOf(first), linesOf(second)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (lines: string[]) => lines.map((text) => ({ kind: 'same' as const, text }));
  return withoutLongParts([
    ...same(a.slice(0, start)),
    ...between(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ]);
}

type Line = Exclude<DiffLine, { kind: 'cut' }>;

/** The end of the last line begins no other one. */
const linesOf = (text: string) => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));

/** By the longest common subsequence. */
function between(a: string[], b: string[]): Line[] {
  const onlyIn = (kind: 'first' | 'second', lines: string[]) => lines.map((text) => ({ kind, text }));
  if (a.length * b.length > MOST_CELLS) return [...onlyIn('first', a), ...onlyIn('second', b)];
  const width = b.length + 1;
  /** How many lines are alike from there on. */
  const alike = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      alike[i * width + j] =
        a[i] === b[j]
          ? alike[(i + 1) * width + j + 1]! + 1
          : Math.max(alike[(i + 1) * width + j]!, alike[i * width + j + 1]!);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]! });
      i++;
      j++;
    } else if (alike[(i + 1) * width + j]! >= alike[i * width + j + 1]!) lines.push({ kind: 'first', text: a[i++]! });
    else lines.push({ kind: 'second', text: b[j++]! });
  }
  return [...lines, ...onlyIn('first', a.slice(i)), ...onlyIn('second', b.slice(j))];
}

function withoutLongParts(lines: Line[]): DiffLine[] {
  const isNear = lines.map(() => false);
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') isNear.fill(true, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  });
  const shown: DiffLine[] = [];
  lines.forEach((line, at) => {
    const last = shown.at(-1);
    if (isNear[at]) shown.push(line);
    else if (last?.kind === 'cut') last.count++;
    else shown.push({ kind: 'cut', count: 1 });
  });
  return shown;
}
