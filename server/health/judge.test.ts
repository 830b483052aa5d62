import { expect, test } from 'vitest';
import { type Breaches, findingsOf, forgetUncounted, judge, keepHolding } from './judge';
import type { Reading } from './rule-metrics';
import type { Rule } from './rule-schema';

const rule = (change: Partial<Rule> = {}): Rule => ({
  ...{ id: 'cpu', position: 0, metric: 'cpu', label: null, comparison: 'above', threshold: 90, back: 80 },
  ...{ forSeconds: 60, severity: 'warning', scope: null, isEnabled: true },
  ...change,
});

/** How ill it is by what counts. */
const stateOf = (breaches: Breaches) => {
  const found = findingsOf(breaches).map(({ rule }) => rule.severity);
  return found.includes('critical') ? 'critical' : (found[0] ?? 'ok');
};

/** The state after each value, one every 30 s; null for a sample that does not tell. */
function statesOf(values: (number | null)[], rules = [rule()]): string[] {
  const breaches: Breaches = new Map();
  return values.map((value, i) => {
    judge(breaches, rules, () => (value === null ? [] : [{ label: '', value }]), i * 30_000);
    return stateOf(breaches);
  });
}

test('a machine that is busy for a minute is not ill, one that goes on being busy is', () => {
  expect(statesOf([95, 95, 50, 95, 95, 95])).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'warning']);
});

test('at the threshold itself it does not come and go: it is well when it is back at the other value', () => {
  expect(statesOf([91, 91, 91, 89, 91, 81, 80, 85])).toEqual([
    ...['ok', 'ok', 'warning', 'warning', 'warning', 'warning'],
    ...['ok', 'ok'],
  ]);
});

test('what has to be above something is judged likewise', () => {
  const free = rule({ comparison: 'below', threshold: 10, back: 20, forSeconds: 0 });
  expect(statesOf([10, 9, 15, 20], [free])).toEqual(['ok', 'warning', 'warning', 'ok']);
});

test('what counts outlasts a figure that is missing, and ends when it has been missing for three intervals', () => {
  expect(statesOf([95, 95, 95, null, null, 95, null, null, 85, null, null, null])).toEqual([
    ...['ok', 'ok', ...Array<string>(9).fill('warning')],
    'ok',
  ]);
  expect(statesOf([95, 95, 95, null, 80])).toEqual(['ok', 'ok', 'warning', 'warning', 'ok']);
});

test('what does not count yet goes on from when it began, unless it was missing for three intervals', () => {
  expect(statesOf([95, null, 95])).toEqual(['ok', 'ok', 'warning']);
  expect(statesOf([95, null, null, null, 95, 95, 95])).toEqual([...Array<string>(6).fill('ok'), 'warning']);
});

test('what ends because it is stale is told from what is well again', () => {
  const breaches: Breaches = new Map();
  const say = (at: number, ...readings: Reading[]) =>
    judge(breaches, [rule({ forSeconds: 0 })], () => readings, at).map(({ label }) => label);
  say(0, { label: 'a', value: 95 }, { label: 'b', value: 95 });
  expect([say(1, { label: 'b', value: 50 }), say(2), say(3), say(4)]).toEqual([[], [], ['a'], []]);
});

test('each disk by itself, and one that is taken out is full until it is stale', () => {
  const full = rule({ id: 'full', metric: 'disk.used_percent', threshold: 85, back: 83, forSeconds: 0 });
  const fuller = { ...full, id: 'fuller', threshold: 95, back: 93, severity: 'critical' as const };
  const breaches: Breaches = new Map();
  const say = (disks: Reading[], at: number) => {
    judge(breaches, [full, fuller], () => disks, at);
    return findingsOf(breaches).map(({ rule, label }) => [rule.id, label]);
  };
  const [root, data] = ['/', '/data'].map((label) => (value: number): Reading => ({ label, value }));
  expect(say([root!(50), data!(86)], 0)).toEqual([['full', '/data']]);
  expect(say([root!(96), data!(86)], 2)).toEqual([
    ...[
      ['full', '/data'],
      ['full', '/'],
    ],
    ...[['fuller', '/']],
  ]);
  for (const at of [3, 4]) expect(say([data!(50)], at)).toHaveLength(2);
  expect(say([data!(50)], 5)).toEqual([]);
});

test('a rule about one disk leaves the others alone', () => {
  const one = rule({ metric: 'disk.used_percent', label: '/var', forSeconds: 0 });
  const breaches: Breaches = new Map();
  const disks = (value: number) => [
    { label: '/', value: 99 },
    { label: '/var', value },
  ];
  judge(breaches, [one], () => disks(50), 0);
  expect(stateOf(breaches)).toBe('ok');
  judge(breaches, [one], () => disks(91), 1);
  expect(findingsOf(breaches).map(({ label }) => label)).toEqual(['/var']);
});

test('what a rule found of a disk that it is not about any more is forgotten', () => {
  const breaches: Breaches = new Map();
  const any = rule({ metric: 'disk.used_percent', forSeconds: 0 });
  judge(breaches, [any], () => ['/', '/var'].map((label) => ({ label, value: 99 })), 0);
  const left = findingsOf(keepHolding(breaches, [{ ...any, label: '/var' }]));
  expect(left.map(({ label }) => label)).toEqual(['/var']);
});

test('after a break it has to last anew, and what counts already goes on counting', () => {
  const breaches: Breaches = new Map();
  const say = (at: number) => {
    judge(breaches, [rule()], () => [{ label: '', value: 95 }], at);
    return stateOf(breaches);
  };
  say(0);
  forgetUncounted(breaches);
  expect([say(60_000), say(120_000)]).toEqual(['ok', 'warning']);
  forgetUncounted(breaches);
  expect(say(600_000)).toBe('warning');
});
