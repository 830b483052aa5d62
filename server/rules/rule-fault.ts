/** What can be wrong with a rule, and what each is called for people who read English. */
const RULE_FAULTS = {
  closing_expected: 'a closing parenthesis is expected',
  end_expected: '“and”, “or” or the end is expected',
  field_expected: 'the name of a field is expected',
  opening_expected: 'an opening parenthesis is expected',
  operator_expected: 'an operator of this field is expected',
  quote_open: 'a quotation mark is opened and not closed',
  too_deep: 'too much is within parentheses',
  too_long: 'the rule is too long',
  too_many_computed: 'there are too many comparisons of versions, addresses and packages',
  too_many_values: 'there are too many values',
  value_expected: 'a value is expected',
  value_wrong: 'this field cannot have that value',
} as const;

/** A text that is no rule. */
export class RuleFault extends Error {
  constructor(
    readonly fault: keyof typeof RULE_FAULTS,
    /** Where it shows, in UTF-16 code units from 0. */
    readonly at: number,
    /** What could stand there instead, if that is on a list. */
    readonly expected: readonly string[] = [],
  ) {
    const list = expected.length > 0 ? `: ${expected.join(', ')}` : '';
    super(`at character ${at + 1}: ${RULE_FAULTS[fault]}${list}`);
    this.name = 'RuleFault';
  }
}
