import type { Facts } from '../../agent/protocol';

/** What became of one fact. Null where there was none, or is none any more. */
export interface Change {
  name: string;
  before: Facts[string] | null;
  after: Facts[string] | null;
}

/** What is different, in the order of names. */
export function compareFacts(before: Facts, after: Facts): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .map((name) => ({ name, before: of(before, name), after: of(after, name) }))
    .filter((change) => change.before !== change.after);
}

/** A machine may call a fact `constructor`. */
const of = (facts: Facts, name: string) => (Object.hasOwn(facts, name) ? facts[name]! : null);
