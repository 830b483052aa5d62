import { fields } from './fields';
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
      const values = rule.values.map((value) => writeValue(rule, value)).join(', ');
      return `${rule.field} ${rule.operator} ${rule.operator === 'in' ? `(${values})` : values}`;
    }
  }
}

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function writeValue({ field }: { field: keyof typeof fields }, value: string): string {
  switch (fields[field].kind) {
    case 'number':
    case 'address':
      return value;
    case 'days':
      return `${value} days`;
    case 'size':
      return writeSize(Number(value));
    default:
      return `"${value.replace(/["\\]/g, '\\$&')}"`;
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
