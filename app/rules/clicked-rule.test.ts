import { expect, test } from 'vitest';
import {
  type ClickedRule,
  clickedRule,
  type Group,
  newComparison,
  type RuleField,
  textOfRule,
  withPart,
} from './clicked-rule';

type Shown = NonNullable<Parameters<typeof clickedRule>[0]>;

const KINDS: Partial<Record<RuleField['name'], RuleField['kind']>> = {
  ...{ platform: 'choice', memory: 'size', tags: 'tags', cores: 'number', address: 'address', name: 'text' },
  ...{ certificate_days: 'days', package: 'package' },
};
const textOf = (rule: ClickedRule) => textOfRule(rule, (field) => KINDS[field]!);
const is = (field: RuleField['name'], operator: string, value: string, isNot = false) =>
  ({ kind: 'is', field, operator, value, isNot }) as Shown;
const group = (kind: 'all' | 'any', of: Shown[], isNot = false): Shown => ({ kind, of, isNot });
const [A, B, C] = [is('cores', '=', '1'), is('cores', '=', '2'), is('cores', '=', '3')];

test.each<[Shown, string]>([
  [is('platform', '=', 'linux'), 'platform = "linux"'],
  [is('memory', '<', '4 GiB'), 'memory < 4 GiB'],
  [is('certificate_days', '<=', '-3 days'), 'certificate_days <= -3 days'],
  [is('address', 'in', '10.0.0.0/8, 192.0.2.0/24'), 'address in (10.0.0.0/8, 192.0.2.0/24)'],
  [is('tags', 'has', 'a"b\\c', true), 'not tags has "a\\"b\\\\c"'],
  [
    { ...is('package', 'has', 'openssl'), version: { operator: '<', value: '3.0.15' } } as Shown,
    'package has "openssl" < "3.0.15"',
  ],
  // What is unfinished, or more than a value, stays within its own quotation marks.
  [is('cores', '=', ''), 'cores = ""'],
  [is('cores', '=', '4) or (cores = 5'), 'cores = "4) or (cores = 5"'],
  [is('name', 'starts with', 'web and db'), 'name starts with "web and db"'],
  // An "and" binds closer than an "or".
  [group('any', [group('all', [A, B]), C]), 'cores = 1 and cores = 2 or cores = 3'],
  [group('all', [group('any', [A, B]), C]), '(cores = 1 or cores = 2) and cores = 3'],
  [group('all', [group('all', [A, B]), C]), '(cores = 1 and cores = 2) and cores = 3'],
  [group('any', [group('any', [A, B]), C]), '(cores = 1 or cores = 2) or cores = 3'],
  [group('all', [group('any', [A, B], true), C]), 'not (cores = 1 or cores = 2) and cores = 3'],
  [group('all', [group('any', [group('any', [A, B])]), C]), '(cores = 1 or cores = 2) and cores = 3'],
  [group('all', [group('any', [A]), C], true), 'not (cores = 1 and cores = 3)'],
])('parts are written as the text that means them (%#)', (shown, text) => {
  expect(textOf(clickedRule(shown))).toBe(text);
});

test('parts are added, changed and taken out, and a group that is empty goes with its last part', () => {
  const rule = clickedRule(group('all', [is('platform', '=', 'linux'), group('any', [A, B])]));
  const [platform, inner] = rule.of as [ClickedRule, Group];
  expect(textOf(withPart(rule, platform.id, { ...platform, isNot: true }))).toBe(
    'not platform = "linux" and (cores = 1 or cores = 2)',
  );
  expect(textOf(withPart(rule, inner.of[0]!.id, null))).toBe('platform = "linux" and cores = 2');
  const without = inner.of.reduce<Group>((rest, { id }) => withPart(rest, id, null), rule);
  expect(textOf(without)).toBe('platform = "linux"');
  expect(textOf(withPart(without, platform.id, null))).toBe('');
  const cores = newComparison({ name: 'cores', kind: 'number', operators: ['='], choices: [], versions: [] });
  const added: Group = { ...without, kind: 'any', of: [...without.of, { ...cores, value: '4' }] };
  expect(textOf(withPart(without, without.id, added))).toBe('platform = "linux" or cores = 4');
  expect(clickedRule(null).of).toEqual([]);
});
