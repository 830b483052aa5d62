import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_WARNING_MS, stageOf, warnFrom } from './nearing-end';

const DAY_MS = 24 * 60 * 60 * 1000;
const notBefore = new Date('2031-03-01T00:00:00Z');
const after = (days: number) => new Date(notBefore.getTime() + days * DAY_MS);

test.each([
  ['a year', 365, false, 30],
  ['120 days', 120, false, 30],
  ['90 days, which is renewed with 30 left', 90, false, 22.5],
  ['47 days', 47, false, 11.75],
  ['an hour', 1 / 24, false, 1 / 96],
  ['20 years of a CA', 7300, true, 180],
  ['a year of a CA', 365, true, 91.25],
])('of %s the last days', (_, life, isAuthority, warned) => {
  expect(warnFrom({ notBefore, notAfter: after(life) }, { isAuthority })).toEqual(after(life - warned));
});

test('good, nearing its end, ended: each begins to the millisecond', () => {
  const life = { notBefore, notAfter: after(365) };
  const at = (days: number, ms = 0) => stageOf(life, new Date(after(days).getTime() + ms));
  expect([at(335, -1), at(335), at(365), at(365, 1)]).toEqual(['good', 'nearing', 'nearing', 'ended']);
});

test('whatever the life, what the index is asked for holds every certificate that is nearing its end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3650 }), fc.double({ min: 0, max: 1, noNaN: true }), (days, share) => {
      const life = { notBefore, notAfter: after(days) };
      const now = after(days * share);
      if (stageOf(life, now) === 'nearing') {
        expect(life.notAfter.getTime()).toBeLessThanOrEqual(now.getTime() + LONGEST_WARNING_MS);
      }
    }),
  );
});
