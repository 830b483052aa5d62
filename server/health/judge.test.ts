import { expect, test } from 'vitest';
import { type Breaches, findingsOf, forgetUncounted, judge, verdictOf } from './judge';
import type { Reading } from './rule-metrics';
import type { Rule } from './rule-schema';

const rule = (change: Partial<Rule> = {}): Rule => ({
  ...{ id: 'cpu', position: 0, metric: 'cpu', label: null, comparison: 'above', threshold: 90, back: 80 },
  ...{ forSeconds: 60, severity: 'warning', isEnabled: true },
  ...change,
});

/** The verdict after each value, one every 30 s; null for a sample that does not tell. */
function statesOf(values: (number | null)[], rules = [rule()]): string[] {
  const breaches: Breaches = new Map();
  return values.map((value, i) => {
    judge(breaches, rules, () => (value === null ? [] : [{ label: '', value }]), i * 30_000);
    return verdictOf(breaches).state;
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

test('what is not told any more is not beyond anything', () => {
  expect(statesOf([95, 95, 95, null])).toEqual(['ok', 'ok', 'warning', 'ok']);
});

test('the worst is the reason, and of several alike what began first', () => {
  const full = rule({ id: 'full', metric: 'disk.used_percent', threshold: 85, back: 83, forSeconds: 0 });
  const fuller = { ...full, id: 'fuller', threshold: 95, back: 93, severity: 'critical' as const };
  const breaches: Breaches = new Map();
  const say = (disks: Reading[], at: number) => {
    judge(breaches, [full, fuller], () => disks, at);
    return verdictOf(breaches);
  };
  const [root, data] = ['/', '/data'].map((label) => (value: number): Reading => ({ label, value }));
  expect(say([root!(50), data!(86)], 0)).toEqual({ state: 'warning', reason: 'disk.used_percent:/data above 85' });
  expect(say([root!(90), data!(86)], 1)).toMatchObject({ reason: 'disk.used_percent:/data above 85' });
  expect(say([root!(96), data!(86)], 2)).toEqual({ state: 'critical', reason: 'disk.used_percent:/ above 95' });
  expect(findingsOf(breaches)).toHaveLength(3);
  // Taken out.
  expect(say([data!(50)], 3)).toEqual({ state: 'ok', reason: null });
});

test('a rule about one disk leaves the others alone', () => {
  const one = rule({ metric: 'disk.used_percent', label: '/var', forSeconds: 0 });
  const breaches: Breaches = new Map();
  const disks = (value: number) => [
    { label: '/', value: 99 },
    { label: '/var', value },
  ];
  judge(breaches, [one], () => disks(50), 0);
  expect(verdictOf(breaches).state).toBe('ok');
  judge(breaches, [one], () => disks(91), 1);
  expect(verdictOf(breaches).reason).toBe('disk.used_percent:/var above 90');
});

test('after a break it has to last anew, and what counts already goes on counting', () => {
  const breaches: Breaches = new Map();
  const say = (at: number) => {
    judge(breaches, [rule()], () => [{ label: '', value: 95 }], at);
    return verdictOf(breaches).state;
  };
  say(0);
  forgetUncounted(breaches);
  expect([say(60_000), say(120_000)]).toEqual(['ok', 'warning']);
  forgetUncounted(breaches);
  expect(say(600_000)).toBe('warning');
});
