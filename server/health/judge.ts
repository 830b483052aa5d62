import { STALE_INTERVALS } from '../metrics/staleness';
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
  /** So many samples, one after the other, have not told it. */
  missed: number;
}
export type Finding = Breach & { since: number };

/** What is beyond a threshold of one host, by rule and label. Empty for one that is well. */
export type Breaches = Map<string, Breach>;

export const breachKey = (ruleId: string, label: string) => `${ruleId} ${label}`;

/**
 * Holds what was read against the rules, and changes `breaches` accordingly. Of a figure that is missing, as the
 * processor's is from the first sample of an agent, and a disk that is slow to answer, nothing is known: it stays as it
 * was until it is stale.
 * @param rules those that `read` knows of; breaches of other rules stay as they are
 * @param at Unix milliseconds
 * @returns what counted, and has ended only because nobody knows any more
 */
export function judge(
  breaches: Breaches,
  rules: readonly Rule[],
  read: (rule: Rule) => Reading[],
  at: number,
): Finding[] {
  const stale: Breach[] = [];
  for (const rule of rules) {
    const readings = rule.label === null ? read(rule) : read(rule).filter(({ label }) => label === rule.label);
    if (readings.length === 0 && breaches.size === 0) continue;
    const isTold = new Set<string>();
    for (const { label, value } of readings) {
      const key = breachKey(rule.id, label);
      isTold.add(key);
      if (!judgeOne(breaches, { key, rule, label, value }, at)) breaches.delete(key);
    }
    for (const [key, breach] of breaches) {
      if (breach.rule.id !== rule.id || isTold.has(key) || ++breach.missed < STALE_INTERVALS) continue;
      breaches.delete(key);
      stale.push(breach);
    }
  }
  return stale.filter(counts);
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
    Object.assign(breach, { rule, missed: 0 });
    return !isBack(rule, value);
  }
  if (!isBeyond(rule, value)) return false;
  const beganAt = breach?.beganAt ?? at;
  const since = at - beganAt >= rule.forSeconds * 1000 ? at : null;
  breaches.set(key, { rule, label, value, beganAt, since, missed: 0 });
  return true;
}

const isBeyond = ({ comparison, threshold }: Rule, value: number) =>
  comparison === 'above' ? value > threshold : value < threshold;
const isBack = ({ comparison, back }: Rule, value: number) => (comparison === 'above' ? value <= back : value >= back);

/** Forgets what began and does not count yet: after a break nobody knows what was in between. */
export function forgetUncounted(breaches: Breaches): void {
  for (const [key, { since }] of breaches) if (since === null) breaches.delete(key);
}

const counts = (breach: Breach): breach is Finding => breach.since !== null;

export const findingsOf = (breaches: Breaches): Finding[] => [...breaches.values()].filter(counts);

/**
 * Of those that hold for a host now: the others are forgotten, and those that stay are held against what they say now.
 */
export function keepHolding(breaches: Breaches, rules: readonly Rule[]): Breaches {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const [key, breach] of breaches) {
    const rule = byId.get(breach.rule.id);
    const isAbout = rule?.metric === breach.rule.metric && (rule.label === null || rule.label === breach.label);
    if (isAbout) breach.rule = rule;
    else breaches.delete(key);
  }
  return breaches;
}
