import type { FieldName, Operator } from './fields';
import type { AskedVersion, Rule } from './rule';
import { shownValue, writeValues } from './write-rule';

/** A rule in parts, each of which may be negated. */
export type ShownRule = { isNot: boolean } & (
  | { kind: 'all' | 'any'; of: ShownRule[] }
  /** `value` as people type it; of `in` all of them, as they stand between the parentheses. */
  | { kind: 'is'; field: FieldName; operator: Operator; value: string; version?: AskedVersion }
);

/** @param isNot whether its opposite is meant */
export function showRule(rule: Rule, isNot = false): ShownRule {
  switch (rule.kind) {
    case 'not':
      return showRule(rule.of, !isNot);
    case 'all':
    case 'any':
      return { isNot, kind: rule.kind, of: rule.of.map((part) => showRule(part)) };
    case 'is': {
      const { field, operator, values, version } = rule;
      return {
        isNot,
        kind: 'is',
        field,
        operator,
        value: operator === 'in' ? writeValues(rule) : shownValue(field, values[0]!),
        ...(version && { version }),
      };
    }
  }
}
