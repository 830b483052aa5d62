import { expect, test } from 'vitest';
import { steadyNames } from './steady-names';

/** What is named at each look of a series. */
function follow(series: string[][], looks = 3) {
  const left = [...series];
  const names = steadyNames(() => left.shift()!, looks);
  return series.map(() => names());
}

test('a name counts once it has stayed, those of the first look at once', () => {
  expect(follow([['a'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b']])).toEqual([
    ['a'],
    ['a'],
    ['a'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('a network that comes and goes is not named', () => {
  const turns = Array.from({ length: 5 }, (_, i) => [['a', `172.18.${i}.1`], ['a', `172.18.${i}.1`], ['a']]).flat();
  expect(follow([['a'], ...turns])).toEqual(Array.from({ length: 16 }, () => ['a']));
});

test('one that was named is named again at once when it comes back, as it stands in the certificate', () => {
  expect(follow([['a', 'b'], ['a'], ['a', 'b']])).toEqual([['a', 'b'], ['a'], ['a', 'b']]);
});
