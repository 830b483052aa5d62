import type { Texts } from './texts';

/** What a text has a place for. A number is written as the language writes numbers; a port or a year is a string. */
type Value = number | Said;

/**
 * A sentence for a person, not said yet: which text of `words/en.json`, and what goes into it. Whoever prints it says
 * it in the language of whom it is printed for.
 */
export interface Words {
  readonly key: keyof Texts;
  readonly values: Readonly<Record<string, Value>>;
}

/**
 * What can be said: words, what has no language (a path, what another program said), or several, one after the other.
 */
export type Said = string | Words | readonly Said[];

/** A text and all that it has a place for: another key, and a value too few or too many, does not compile. */
export function words<Key extends keyof Texts>(
  key: Key,
  ...[values]: [Texts[Key]] extends [never] ? [] : [Readonly<Record<Texts[Key], Value>>]
): Words {
  return { key, values: values ?? {} };
}
