import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';

// What must not compile, the compiler tells: an error that is expected and does not come is one.
export const mistakes = (t: TFunction) => [
  // @ts-expect-error There is no such text.
  t('nowhere.text'),
  // @ts-expect-error It has a place for `time`.
  t('time.for', { tme: 'an hour' }),
  // @ts-expect-error It has a place for `value`, too.
  t('copy.name', { label: 'Id' }),
];

test('a text is found by its key, and what it has a place for by its name', () => {
  const t = ((key: string, given: object) => `${key} ${JSON.stringify(given)}`) as unknown as TFunction;
  expect(t('time.for', { time: 'an hour' })).toBe('time.for {"time":"an hour"}');
});
