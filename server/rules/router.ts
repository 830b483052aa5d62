import { z } from 'zod';
import { canOnSome, router } from '../trpc';
import { FIELD_NAMES, fields, type Operator, OPERATORS, VERSION_OPERATORS } from './fields';
import { ruleOf, ruleText } from './rule-text';
import { showRule } from './show-rule';

const emptyOrRule = z.preprocess((value) => (value === '' ? null : value), ruleText.nullable());

export const rulesRouter = router({
  /** A rule's parts, for who changes them by clicking, and what can be asked of a host. The text stays the rule. */
  read: canOnSome('hosts.read')
    .input(z.object({ rule: emptyOrRule }))
    .query(({ input: { rule } }) => ({
      rule: rule === null ? null : showRule(ruleOf(rule)),
      fields: FIELD_NAMES.map((name) => {
        const { kind, choices = [] } = fields[name];
        const operators: readonly Operator[] = OPERATORS[kind];
        return { name, kind, choices, operators, versions: kind === 'package' ? VERSION_OPERATORS : [] };
      }),
    })),
});
