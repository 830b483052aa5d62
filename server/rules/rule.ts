import type { FieldName, Operator } from './fields';
import { packageRead } from './packages';

/** A question about a host: true or false of each, whatever is known of it. */
export type Rule =
  | { kind: 'all' | 'any'; of: Rule[] }
  | { kind: 'not'; of: Rule }
  /**
   * Sizes are in bytes, days and numbers as themselves, all as text; `in` has several. Of a package its name, and of
   * its version what is asked of that, if anything is.
   */
  | { kind: 'is'; field: FieldName; operator: Operator; values: string[]; version?: AskedVersion };

export interface AskedVersion {
  operator: Operator;
  value: string;
}

/** Longest text of a rule, in UTF-16 code units. */
export const LONGEST_RULE = 2000;
/** How many parentheses and `not` may stand within each other. */
export const DEEPEST_RULE = 20;
/** Each becomes a parameter of a query, of which PostgreSQL takes 65,535. */
export const MOST_VALUES = 100;
/**
 * Comparisons of versions and addresses, which no column has as they are compared: PostgreSQL makes numbers of a text
 * for each of them and each host. And of packages, of which all that hosts have are looked for.
 */
export const MOST_COMPUTED = 10;

/** The columns of `host` that it depends on, and the packages. */
export function columnsOf(rule: Rule, fields: Readonly<Record<FieldName, { columns: readonly string[] }>>): string[] {
  const found = new Set<string>();
  const visit = (part: Rule): void => {
    if (part.kind === 'is' && part.field === 'package') found.add(packageRead(part.values[0]!));
    else if (part.kind === 'is') for (const column of fields[part.field].columns) found.add(column);
    else if (part.kind === 'not') visit(part.of);
    else part.of.forEach(visit);
  };
  visit(rule);
  return [...found].sort();
}
