import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLines } from './diff-lines';

it('shows the lines that differ with a little of what is around them', () => {
  const first = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');
  expect(diffLines(`${first}\n`, `${first.replace('e', 'E\nextra')}\n`)).toEqual([
    { kind: 'cut', count: 2 },
    { kind: 'same', text: 'c' },
    { kind: 'same', text: 'd' },
    { kind: 'first', text: 'e' },
    { kind: 'second', text: 'E' },
    { kind: 'second', text: 'extra' },
    { kind: 'same', text: 'f' },
    { kind: 'same', text: 'g' },
    { kind: 'cut', count: 1 },
  ]);
  expect(diffLines('', 'new\n')).toEqual([{ kind: 'second', text: 'new' }]);
  expect(diffLines('same\r\n', 'same')).toEqual([{ kind: 'cut', count: 1 }]);
});

const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map((lines) => lines.join('\n'));

it('each text can be read out of what it shows, where nothing is left out', () => {
  fc.assert(
    fc.property(text, text, (first, second) => {
      const lines = diffLines(first, second);
      fc.pre(lines.every(({ kind }) => kind !== 'cut'));
      const read = (kept: string) =>
        lines.flatMap((line) => (line.kind === 'same' || line.kind === kept ? [(line as { text: string }).text] : []));
      expect(read('first').join('\n')).toBe(first);
      expect(read('second').join('\n')).toBe(second);
    }),
  );
});

it('of texts too long to compare shows all that is between their first and last difference', () => {
  const long = (mark: string) => Array.from({ length: 3000 }, (_, n) => `${mark} ${n}`).join('\n');
  expect(diffLines(`top\n${long('a')}\nend`, `top\n${long('b')}\nend`)).toHaveLength(6002);
});
