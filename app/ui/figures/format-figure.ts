import { numberFormat } from './formatters';

const BYTE_UNITS = ['b', 'kib', 'mib', 'gib', 'tib', 'pib'] as const;
type ByteUnit = (typeof BYTE_UNITS)[number];

/**
 * Splits a number of bytes into a figure below 1024 and its binary unit (IEC 80000-13), which the translations name.
 */
export function scaleBytes(bytes: number): { value: number; unit: ByteUnit } {
  let value = bytes;
  let step = 0;
  // 1023.96 would be shown as "1,024.0 KiB"; it belongs to the next unit.
  while (value >= 1023.95 && step < BYTE_UNITS.length - 1) {
    value /= 1024;
    step++;
  }
  return { value, unit: BYTE_UNITS[step]! };
}

/** Three significant figures at most, so that columns stay narrow: 7.25, 15.6, 512. Whole numbers carry no zeros. */
export function formatNumber(value: number, locale: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return numberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** @param percent 0 to 100 */
export function formatPercent(percent: number, locale: string): string {
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(percent / 100);
}

/** How long something has lasted, in the largest unit that fits: "3 min", "5 hr", "12 days". */
export function formatElapsed(seconds: number, locale: string): string {
  const [unit, length] = ELAPSED_UNITS.find(([, length]) => seconds >= length) ?? (['minute', 60] as const);
  const amount = numberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' });
  return seconds < 60 ? `< ${amount.format(1)}` : amount.format(Math.floor(seconds / length));
}

const ELAPSED_UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/**
 * The two largest parts of a duration.
 *
 * @param place a figure is "12d 4h" or "3m 20s"; in a sentence it is "3 min 20 sec". Whole words would need a case
 * there,
 *   in Russian and others, which `Intl` does not know.
 */
export function formatDuration(seconds: number, locale: string, place: 'figure' | 'sentence' = 'figure'): string {
  const parts = [
    { unit: 'day', amount: Math.floor(seconds / 86_400) },
    { unit: 'hour', amount: Math.floor(seconds / 3_600) % 24 },
    { unit: 'minute', amount: Math.floor(seconds / 60) % 60 },
    { unit: 'second', amount: Math.floor(seconds) % 60 },
  ];
  const first = Math.max(
    0,
    parts.findIndex(({ amount }) => amount > 0),
  );
  const shown = seconds < 1 ? parts.slice(-1) : parts.slice(first, first + 2).filter(({ amount }) => amount > 0);
  const inUnits = (unitDisplay: 'narrow' | 'short') =>
    shown
      .map(({ unit, amount }) => numberFormat(locale, { style: 'unit', unit, unitDisplay }).format(amount))
      .join(' ');
  if (place === 'sentence') return inUnits('short');
  const narrow = inUnits('narrow');
  // CLDR has "5m" for Japanese, too, which none of its people would write.
  const isForeign = /[a-z]/i.test(narrow) && new Intl.Locale(locale).maximize().script !== 'Latn';
  return isForeign ? inUnits('short') : narrow;
}

/** How long to wait, in words and never too short: "40 seconds", "15 minutes". */
export function formatWait(seconds: number, locale: string): string {
  const isShort = seconds <= 90;
  const format = numberFormat(locale, { style: 'unit', unit: isShort ? 'second' : 'minute', unitDisplay: 'long' });
  return format.format(isShort ? Math.ceil(seconds) : Math.ceil(seconds / 60));
}
