import type { Reading } from './rule-metrics';
import type { Rule } from './rule-schema';

export type HealthState = 'ok' | Rule['severity'];

/** How one rule stands with one figure of a host that is beyond its threshold, or is not back yet. */
interface Breach {
  rule: Rule;
  label: string;
  /** Unix milliseconds. */
  beganAt: number;
  /** Since when it counts; null while it has not lasted for as long as the rule says. */
  since: number | null;
  /** What it was then. */
  value: number;
}
type Finding = Breach & { since: number };

/** What is beyond a threshold of one host, by rule and label. Empty for one that is well. */
export type Breaches = Map<string, Breach>;

export const breachKey = (ruleId: string, label: string) => `${ruleId} ${label}`;

/**
 * Holds what was read against the rules, and changes `breaches` accordingly. What has no reading, such as a disk that
 * was taken out, is not beyond anything.
 * @param rules those that `read` knows of; breaches of other rules stay as they are
 * @param at Unix milliseconds
 */
export function judge(breaches: Breaches, rules: readonly Rule[], read: (rule: Rule) => Reading[], at: number): void {
  for (const rule of rules) {
    const readings = rule.label === null ? read(rule) : read(rule).filter(({ label }) => label === rule.label);
    if (readings.length === 0 && breaches.size === 0) continue;
    const isThere = new Set<string>();
    for (const { label, value } of readings) {
      const key = breachKey(rule.id, label);
      if (!judgeOne(breaches, { key, rule, label, value }, at)) continue;
      isThere.add(key);
    }
    for (const [key, breach] of breaches) if (breach.rule.id === rule.id && !isThere.has(key)) breaches.delete(key);
  }
}

/** Returns whether it is a breach still, or now. */
function judgeOne(
  breaches: Breaches,
  { key, rule, label, value }: Reading & { key: string; rule: Rule },
  at: number,
): boolean {
  const breach = breaches.get(key);
  if (breach && breach.since !== null) {
    // It counts until it is back at the other value: at the threshold itself it would come and go with every sample.
    breach.rule = rule;
    return !isBack(rule, value);
  }
  if (!isBeyond(rule, value)) return false;
  const began = breach ?? { rule, label, value, beganAt: at, since: null };
  const counts = at - began.beganAt >= rule.forSeconds * 1000;
  breaches.set(key, { ...began, rule, value, since: counts ? at : null });
  return true;
}

const isBeyond = ({ comparison, threshold }: Rule, value: number) =>
  comparison === 'above' ? value > threshold : value < threshold;
const isBack = ({ comparison, back }: Rule, value: number) => (comparison === 'above' ? value <= back : value >= back);

/** Forgets what began and does not count yet: after a break nobody knows what was in between. */
export function forgetUncounted(breaches: Breaches): void {
  for (const [key, { since }] of breaches) if (since === null) breaches.delete(key);
}

export const findingsOf = (breaches: Breaches): Finding[] =>
  [...breaches.values()].filter((breach): breach is Finding => breach.since !== null);

/** Of those that hold for a host now: the others are forgotten, and those that stay are held against what they say now. */
export function keepHolding(breaches: Breaches, rules: readonly Rule[]): Breaches {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const [key, breach] of breaches) {
    const rule = byId.get(breach.rule.id);
    if (rule?.metric === breach.rule.metric) breach.rule = rule;
    else breaches.delete(key);
  }
  return breaches;
}
