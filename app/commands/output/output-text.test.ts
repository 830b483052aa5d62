import { expect, test } from 'vitest';
import { contiguousEnd, segmentsOf, withPieces } from './output-text';

const piece = (offset: number, bytes: string | Buffer, stream: 'stdout' | 'stderr' = 'stdout') => ({
  ...{ offset, stream },
  data: Buffer.from(bytes as string).toString('base64'),
});

test('pieces become the text that was written, in its order, however they came', () => {
  const euro = Buffer.from('€');
  let known = withPieces(new Map(), [piece(5, 'oops\n', 'stderr'), piece(0, 'one\n'), piece(4, euro.subarray(0, 1))]);
  expect(contiguousEnd(known, 0)).toBe(10);
  known = withPieces(new Map(), [piece(0, 'a'), piece(1, euro.subarray(0, 2)), piece(3, euro.subarray(2))]);
  expect(segmentsOf(known)).toEqual([{ stream: 'stdout', start: 0, end: 4, text: 'a€' }]);
  expect(withPieces(known, [piece(0, 'a')])).toBe(known);
});

test('streams take turns, and what is missing stays a gap', () => {
  const known = withPieces(new Map(), [piece(0, 'out'), piece(3, 'err', 'stderr'), piece(100, 'end')]);
  expect(segmentsOf(known).map(({ start, end, stream, text }) => [start, end, stream, text])).toEqual([
    [0, 3, 'stdout', 'out'],
    [3, 6, 'stderr', 'err'],
    [100, 103, 'stdout', 'end'],
  ]);
  expect(contiguousEnd(known, 0)).toBe(6);
  expect(contiguousEnd(known, 6)).toBe(6);
});
