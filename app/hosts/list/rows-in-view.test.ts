import { expect, test } from 'vitest';
import { partsInView } from './rows-in-view';

const parts = Array.from({ length: 10 }, () => ({ height: 1000 }));

test.each([
  ['nothing, while the list begins two screens below', 2000, [0, -1]],
  ['the first, when it comes within a screen of the lower edge', 1999, [0, 0]],
  ['those before and behind what is on the screen', -3500, [2, 5]],
  ['the last, at the end', -9500, [8, 9]],
  ['nothing, when all of it is more than a screen above', -11_000, [0, -1]],
])('in view is %s', (_, top, expected) => {
  expect(partsInView(parts, { top, screen: 1000 })).toEqual(expected);
});

test('parts are as high as they are', () => {
  const uneven = [{ height: 100 }, { height: 5000 }, { height: 50 }, { height: 50 }];
  expect(partsInView(uneven, { top: -2000, screen: 500 })).toEqual([1, 1]);
  expect(partsInView(uneven, { top: -4700, screen: 500 })).toEqual([1, 3]);
});
