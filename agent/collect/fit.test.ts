import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitAmount, fitCount, fitPercent, fitText } from './fit';

it('clips text, drops control characters, mends surrogates', () => {
  expect(fitText('  Acme\u0000\n Server ', 200)).toBe('Acme Server'.replace(' ', '  '));
  expect(fitText('abc', 2)).toBe('ab');
  expect(fitText('a😀', 2)).toBe('a\ufffd');
  expect(fitText(undefined, 10)).toBe('');
  expect(fitText(42, 10)).toBe('');
});

it('yields well-formed text within the limit for any input', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(300), (text, max) => {
      const fitted = fitText(text, max);
      expect(fitted.length).toBeLessThanOrEqual(max);
      expect(Buffer.from(fitted).toString()).toBe(fitted);
      expect(fitted).not.toContain('\u0000');
    }),
  );
});

it('fits numbers', () => {
  expect([1.6, -1, NaN, Infinity, 7n, '7', null].map(fitCount)).toEqual([2, 0, 0, Number.MAX_SAFE_INTEGER, 7, 0, 0]);
  expect([50, -1, 101, NaN, null].map(fitPercent)).toEqual([50, 0, 100, null, null]);
  expect([1.5, -1, Infinity, NaN, undefined, null].map(fitAmount)).toEqual([1.5, 0, null, null, null, null]);
});
