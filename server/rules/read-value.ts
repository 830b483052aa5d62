import { isIP } from 'node:net';
import { isWithin, type Kind, type Operator } from './fields';

/** IEC 80000-13 for powers of 1,024, SI for those of 1,000. */
const SIZES: Record<string, number> = {
  b: 1,
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
  ...{ kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
};
const DAYS = new Set(['d', 'day', 'days']);

/** What may stand behind a number of these kinds. */
export const UNITS: Partial<Record<Kind, (word: string) => boolean>> = {
  size: (word) => Object.hasOwn(SIZES, word.toLowerCase()),
  days: (word) => DAYS.has(word.toLowerCase()),
};

const AMOUNT = /^(-?[0-9]{1,15}(?:\.[0-9]{1,6})?) ?([a-z]*)$/i;
const LONGEST_VALUE = 300;

/** A value as a rule keeps it; null for one that the field cannot have. */
export function readValue(
  { kind, operator, choices }: { kind: Kind; operator: Operator; choices?: readonly string[] },
  text: string,
): string | null {
  // No database holds these.
  if (text.length > LONGEST_VALUE || /[\0\p{Surrogate}]/u.test(text)) return null;
  switch (kind) {
    case 'text':
      return text;
    case 'package':
      return text || null;
    case 'choice':
      return choices!.find((one) => one === text.toLowerCase()) ?? null;
    case 'version':
      return isWithin(operator) || /[0-9]/.test(text) ? text : null;
    case 'tags':
      return text.trim() || null;
    case 'address':
      return readNetwork(text, operator === 'in');
    case 'number':
      return readAmount(text, (unit) => (unit === '' ? 1 : null));
    case 'size':
      return readAmount(text, (unit) => SIZES[unit || 'b'] ?? null);
    case 'days':
      return readAmount(text, (unit) => (unit === '' || DAYS.has(unit) ? 1 : null), Number.isInteger);
  }
}

function readAmount(
  text: string,
  factorOf: (unit: string) => number | null,
  isRight = (amount: number) => amount >= 0,
): string | null {
  const [, amount, unit] = AMOUNT.exec(text) ?? [];
  const factor = unit === undefined ? null : factorOf(unit.toLowerCase());
  if (factor === null) return null;
  const value = Number(amount) * factor;
  if (!isRight(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return null;
  // Of a size no part of a byte is meant.
  return String(factor === 1 ? value : Math.round(value));
}

/** An address, or with `/` and a number of bits a network, where one may stand. */
function readNetwork(text: string, isNetwork: boolean): string | null {
  const [address, bits, ...more] = text.split('/');
  const version = isIP(address!);
  // A zone is of one machine's own interfaces.
  if (version === 0 || address!.includes('%') || more.length > 0) return null;
  if (bits === undefined) return address!;
  const most = version === 4 ? 32 : 128;
  return isNetwork && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most ? `${address}/${Number(bits)}` : null;
}
