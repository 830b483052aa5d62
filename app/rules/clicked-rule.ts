import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Read = inferRouterOutputs<AppRouter>['rules']['read'];
type Shown = NonNullable<Read['rule']>;
export type RuleField = Read['fields'][number];
export type FieldName = RuleField['name'];

interface Part {
  /** Tells it from its neighbours, wherever it moves. */
  id: number;
  isNot: boolean;
}
export type Comparison = Part & Omit<Extract<Shown, { kind: 'is' }>, 'isNot'>;
export type Group = Part & { kind: 'all' | 'any'; of: ClickedRule[] };
/** A rule in parts that are changed by clicking. */
export type ClickedRule = Comparison | Group;

let made = 0;

/** A rule's parts as the server read them; a single comparison is a group of one. */
export function clickedRule(shown: Shown | null): Group {
  const rule = shown && identified(shown);
  if (rule && rule.kind !== 'is') return rule;
  return { id: ++made, isNot: false, kind: 'all', of: rule ? [rule] : [] };
}

const identified = (shown: Shown): ClickedRule =>
  shown.kind === 'is' ? { ...shown, id: ++made } : { ...shown, id: ++made, of: shown.of.map(identified) };

export const newComparison = ({ name, operators, choices }: RuleField): Comparison => ({
  ...{ id: ++made, isNot: false, kind: 'is', field: name, operator: operators[0]!, value: choices[0] ?? '' },
});

export const newGroup = (of: ClickedRule[]): Group => ({ id: ++made, isNot: false, kind: 'any', of });

/** The same rule with one of its parts replaced; null takes it out, and a group that is empty then. */
export function withPart(rule: Group, id: number, part: ClickedRule | null): Group {
  const of = rule.of.flatMap((one): ClickedRule[] => {
    if (one.id === id) return part ? [part] : [];
    if (one.kind === 'is') return [one];
    const changed = withPart(one, id, part);
    return changed.of.length > 0 ? [changed] : [];
  });
  return rule.id === id && part && part.kind !== 'is' ? part : { ...rule, of };
}

/** The rule as text, in the grammar of docs/rules.md. What is unfinished in it is for the server to find. */
export function textOfRule(rule: ClickedRule, kindOf: (field: FieldName) => RuleField['kind']): string {
  const text = (part: ClickedRule): string => {
    if (part.kind === 'is') return `${part.isNot ? 'not ' : ''}${comparisonText(part, kindOf(part.field))}`;
    const parts = part.of.map((one) => {
      // An *and* binds closer than an *or*: only another one within it, or one of its own kind, needs parentheses.
      const isClear =
        one.kind === 'is' || one.isNot || one.of.length === 1 || (part.kind === 'any' && one.kind === 'all');
      return isClear ? text(one) : `(${text(one)})`;
    });
    const joined = parts.join(part.kind === 'all' ? ' and ' : ' or ');
    return part.isNot && joined ? `not (${joined})` : joined;
  };
  return text(rule);
}

const PLAIN: readonly RuleField['kind'][] = ['number', 'size', 'days', 'address'];

function comparisonText({ field, operator, value, version }: Comparison, kind: RuleField['kind']): string {
  if (operator === 'in') return `${field} in (${value})`;
  const isPlain = PLAIN.includes(kind) && /^[\w.:/ -]+$/.test(value);
  return `${field} ${operator} ${isPlain ? value : quoted(value)}${version ? ` ${version.operator} ${quoted(version.value)}` : ''}`;
}

const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
