import { type FieldName, fields } from './fields';
import type { Rule } from './rule';

/** A rule as text that `readRule` reads as the same rule. */
export function writeRule(rule: Rule): string {
  switch (rule.kind) {
    case 'any':
      return rule.of.map((part) => (part.kind === 'any' ? `(${writeRule(part)})` : writeRule(part))).join(' or ');
    case 'all':
      return rule.of
        .map((part) => (part.kind === 'any' || part.kind === 'all' ? `(${writeRule(part)})` : writeRule(part)))
        .join(' and ');
    case 'not':
      return rule.of.kind === 'any' || rule.of.kind === 'all'
        ? `not (${writeRule(rule.of)})`
        : `not ${writeRule(rule.of)}`;
    case 'is': {
      const { field, operator, version } = rule;
      const values = operator === 'in' ? `(${writeValues(rule)})` : writeValues(rule);
      return `${field} ${operator} ${values}${version ? ` ${version.operator} ${quoted(version.value)}` : ''}`;
    }
  }
}

/** What a comparison is with, as it stands in its text. */
export const writeValues = (rule: Extract<Rule, { kind: 'is' }>): string =>
  rule.values.map((value) => writeValue(rule, value)).join(', ');

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const writeValue = ({ field }: { field: FieldName }, value: string): string =>
  ['number', 'address', 'days', 'size'].includes(fields[field].kind) ? shownValue(field, value) : quoted(value);

const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;

/** A value as people read it. */
export function shownValue(field: FieldName, value: string): string {
  switch (fields[field].kind) {
    case 'days':
      return `${value} days`;
    case 'size':
      return writeSize(Number(value));
    default:
      return value;
  }
}

/** In the largest unit that leaves it whole. */
function writeSize(bytes: number): string {
  let unit = 0;
  while (unit < BINARY.length - 1 && bytes > 0 && bytes % 1024 === 0) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes} ${BINARY[unit]}`;
}
