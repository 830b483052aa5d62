import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements } from './der';

const hex = (text: string) => Buffer.from(text, 'hex');

test('splits neighbours and leaves what is inside them alone', () => {
  const long = `0482012c${'ab'.repeat(300)}`;
  const found = elements(hex(`3003020105${long}0500`));
  expect(found.map(({ tag, content }) => [tag, content.length])).toEqual([
    [0x30, 3],
    [0x04, 300],
    [0x05, 0],
  ]);
  expect(found[1]?.whole.toString('hex')).toBe(long);
});

test.each([
  ['an indefinite length', '30800000'],
  ['a length longer than need be', '0481020000'],
  ['a length longer than need be, in two bytes', `04820080${'00'.repeat(128)}`],
  ['a length of three bytes', '04830000010a'],
  ['more than there is', '0402aa'],
  ['a cut length', '0482'],
  ['a tag alone', '30'],
  ['a tag of two bytes', '1f8100'],
])('refuses %s', (_, der) => {
  expect(() => elements(hex(der))).toThrow(RangeError);
});

test('of any bytes it either accounts for every one or throws a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        expect(Buffer.concat(elements(Buffer.from(bytes)).map(({ whole }) => whole))).toEqual(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});
