import type { z } from 'zod';
import english from './en.json' with { type: 'json' };
import { inEnglish } from './say';
import type { Texts } from './texts';
import { words, type Said, type Words } from './words';

/** Texts without a place for anything: what a rule of a schema may give as its message. */
type Plain = { [Key in keyof Texts]: [Texts[Key]] extends [never] ? Key : never }[keyof Texts];

/** The message of a rule of ours in a schema: the key of its text. */
export const mistake = (key: Plain): string => key;

/** That exactly one of several fields is to be there. */
export const oneOf = (...fields: string[]): Words => words('common.input.exactly_one', { fields: fields.join(', ') });

/** The same of an issue that is made by hand. */
export const saying = (said: Said) => ({ message: inEnglish(said), params: { said } });

/**
 * The same of a rule that has values to say, for `refine`. Said when it is broken: to format a number is slow at first.
 */
export const demanding = (said: Said) => ({ error: () => inEnglish(said), params: { said } });

const isPlain = (message: string): message is Plain => Object.hasOwn(english, message);

/** What zod expected, where it was something of another kind. */
const EXPECTED: Record<string, Words> = {
  array: words('common.input.list'),
  boolean: words('common.input.yes_or_no'),
  int: words('common.input.whole'),
  number: words('common.input.number'),
  object: words('common.input.mapping'),
  record: words('common.input.mapping'),
  string: words('common.input.text'),
};

const FORMATS: Record<string, Words> = { email: words('common.input.email'), uuid: words('common.input.uuid') };

/**
 * What is wrong with an input, by zod's code; the input is not repeated. A rule of our own gives its words as
 * `params.said`, or by `mistake`.
 */
export function explainIssue(issue: z.core.$ZodIssue): Said {
  if (isPlain(issue.message)) return words(issue.message);
  switch (issue.code) {
    case 'invalid_type':
      // Zod does not keep the input in an issue, but its message says what came.
      if (issue.message.endsWith('received undefined')) return words('common.input.missing');
      return EXPECTED[issue.expected] ?? words('common.input.wrong');
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_format':
      return FORMATS[issue.format] ?? words('common.input.form');
    case 'invalid_value':
      return words('common.input.one_of', { choices: issue.values.map(String).join(', ') });
    case 'unrecognized_keys':
      return words('common.input.unknown_keys', { keys: issue.keys.join(', ') });
    case 'custom':
      return (issue.params?.said as Said | undefined) ?? issue.message;
    default:
      return words('common.input.wrong');
  }
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Words {
  const count = Number(minimum);
  if (origin === 'string') return words('common.input.characters_least', { count });
  if (origin === 'array') return words('common.input.items_least', { count });
  return inclusive === false
    ? words('common.input.more_than', { least: count })
    : words('common.input.at_least', { least: count });
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Words {
  const count = Number(maximum);
  if (origin === 'string') return words('common.input.characters_most', { count });
  if (origin === 'array') return words('common.input.items_most', { count });
  return inclusive === false
    ? words('common.input.less_than', { most: count })
    : words('common.input.at_most', { most: count });
}
