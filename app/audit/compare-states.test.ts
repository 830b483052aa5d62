import { expect, test } from 'vitest';
import { compareStates } from './compare-states';

test('what changed, came, went and stayed, at any depth', () => {
  expect(
    compareStates(
      { role: 'viewer', gone: 1, same: [true] },
      { role: 'administrator', came: { deep: null }, same: [true] },
    ),
  ).toEqual([
    { path: 'came.deep', before: undefined, after: 'null', isChanged: true },
    { path: 'gone', before: '1', after: undefined, isChanged: true },
    { path: 'role', before: 'viewer', after: 'administrator', isChanged: true },
    { path: 'same.0', before: 'true', after: 'true', isChanged: false },
  ]);
});

test('nothing before, nothing after', () => {
  expect(compareStates(null, null)).toEqual([]);
  expect(compareStates(null, { a: [] })).toEqual([{ path: 'a', before: undefined, after: '[]', isChanged: true }]);
});
