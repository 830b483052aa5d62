import { expect, test } from 'vitest';
import { readRule } from './read-rule';
import { showRule } from './show-rule';

const shown = (text: string) => showRule(readRule(text));
const is = { isNot: false, kind: 'is' };

test('a rule is shown in parts, each with what it is compared with as people type it', () => {
  expect(
    shown('platform = LINUX and (memory < 4096mib or not tags has "a\\"b") and not (cores > 2 and cores < 9)'),
  ).toEqual({
    ...{ isNot: false, kind: 'all' },
    of: [
      { ...is, field: 'platform', operator: '=', value: 'linux' },
      {
        ...{ isNot: false, kind: 'any' },
        of: [
          { ...is, field: 'memory', operator: '<', value: '4 GiB' },
          { ...is, isNot: true, field: 'tags', operator: 'has', value: 'a"b' },
        ],
      },
      {
        ...{ isNot: true, kind: 'all' },
        of: [
          { ...is, field: 'cores', operator: '>', value: '2' },
          { ...is, field: 'cores', operator: '<', value: '9' },
        ],
      },
    ],
  });
});

test('a list is shown as it stands in the text, and opposites of opposites are nothing', () => {
  expect(shown('name in ("a,b", c)')).toEqual({ ...is, field: 'name', operator: 'in', value: '"a,b", "c"' });
  expect(shown('package has openssl < 3.0.15')).toEqual({
    ...{ ...is, field: 'package', operator: 'has', value: 'openssl' },
    version: { operator: '<', value: '3.0.15' },
  });
  expect(shown('address in 10.0.0.0/8')).toMatchObject({ operator: 'in', value: '10.0.0.0/8' });
  expect(shown('not not certificate_days < 7')).toEqual({
    ...is,
    field: 'certificate_days',
    operator: '<',
    value: '7 days',
  });
});
