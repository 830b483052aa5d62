interface DiffLine {
  sign: '+' | '-' | ' ';
  line: string;
}

/** More lines than these are compared whole: the table below grows with their product. */
const MOST_LINES = 600;

/** Two texts, a line each: what only the first has, what only the second has, and what both have, in order. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [was, is] = [linesOf(before), linesOf(after)];
  if (was.length > MOST_LINES || is.length > MOST_LINES) return [...signed('-', was), ...signed('+', is)];
  // The longest common subsequence of the rest of both, from each pair of places on.
  const common = Array.from({ length: was.length + 1 }, () => new Array<number>(is.length + 1).fill(0));
  for (let i = was.length - 1; i >= 0; i--) {
    for (let j = is.length - 1; j >= 0; j--) {
      common[i]![j] = was[i] === is[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < was.length && j < is.length) {
    if (was[i] === is[j]) {
      lines.push({ sign: ' ', line: was[i]! });
      i++;
      j++;
    } else if (common[i + 1]![j]! >= common[i]![j + 1]!) lines.push({ sign: '-', line: was[i++]! });
    else lines.push({ sign: '+', line: is[j++]! });
  }
  return [...lines, ...signed('-', was.slice(i)), ...signed('+', is.slice(j))];
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const signed = (sign: '+' | '-', lines: string[]): DiffLine[] => lines.map((line) => ({ sign, line }));
