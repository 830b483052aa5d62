import { expect, test } from 'vitest';
import { languages } from '../../i18n/languages';
import { formatDuration, formatElapsed, formatNumber, formatPercent, scaleBytes, formatWait } from './format-figure';

test.each([
  [0, 0, 'b'],
  [1023, 1023, 'b'],
  [1024, 1, 'kib'],
  [1536, 1.5, 'kib'],
  [16 * 1024 ** 3, 16, 'gib'],
  [2 ** 60, 1024, 'pib'],
])('%d bytes are %d %s', (bytes, value, unit) => {
  expect(scaleBytes(bytes)).toEqual({ value, unit });
});

test('a figure that would round up to 1,024 takes the next unit', () => {
  const { value, unit } = scaleBytes(1024 * 1024 - 1);
  expect([formatNumber(value, 'en'), unit]).toEqual(['1', 'mib']);
});

test('numbers keep three figures and the separators of the language', () => {
  expect([7.254, 15.64, 512.4, 1023].map((number) => formatNumber(number, 'en'))).toEqual([
    '7.25',
    '15.6',
    '512',
    '1,023',
  ]);
  expect(formatNumber(7.25, 'de')).toBe('7,25');
});

test('percentages are whole and never multiplied twice', () => {
  expect(formatPercent(42.4, 'en')).toBe('42%');
  expect(formatPercent(100, 'en')).toBe('100%');
});

test.each([
  [0, '0s'],
  [59, '59s'],
  [200, '3m 20s'],
  [7_200, '2h'],
  [12 * 86_400 + 4 * 3_600 + 59, '12d 4h'],
  [86_400 + 59, '1d'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds, 'en')).toBe(text);
});

test('in a sentence a duration has units that are read as words', () => {
  const said = (language: string) => [300, 100_800].map((seconds) => formatDuration(seconds, language, 'sentence'));
  expect(said('en')).toEqual(['5 min', '1 day 4 hr']);
  expect(said('ja')).toEqual(['5 分', '1 日 4 時間']);
  expect(said('nl')).toEqual(['5 min', '1 dag 4 uur']);
});

test('a language that is written in other letters has a duration in its own', () => {
  expect(formatDuration(200, 'ja')).toBe('3 分 20 秒');
  for (const language of languages.filter((one) => new Intl.Locale(one).maximize().script !== 'Latn'))
    expect(formatDuration(86_400 + 3_600, language) + formatDuration(61, language), language).not.toMatch(/[a-z]/i);
});

test.each([
  [-5, '< 1 min'],
  [59, '< 1 min'],
  [60, '1 min'],
  [3_599, '59 min'],
  [7_300, '2 hr'],
  [86_400 * 400, '400 days'],
])('%d seconds have lasted %s', (seconds, text) => {
  expect(formatElapsed(seconds, 'en')).toBe(text);
});

test.each([
  [1, '1 second'],
  [59.2, '60 seconds'],
  [91, '2 minutes'],
  [900, '15 minutes'],
])('%d seconds to wait are %s', (seconds, words) => {
  expect(formatWait(seconds, 'en')).toBe(words);
});
