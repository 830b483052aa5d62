import { expect, it } from 'vitest';
import { inEnglish } from '../words/say';
import { compareClocks } from './clock';

const now = new Date('2026-01-10T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const shifted = (ms: number) => new Date(now.getTime() + ms).toUTCString();

it.each([0, 24 * HOUR_MS, -24 * HOUR_MS, 25 * HOUR_MS, -25 * HOUR_MS])('%d ms apart are no matter', (ms) => {
  expect(compareClocks(shifted(ms), now)).toBeNull();
});

it.each([25 * HOUR_MS + 1000, -25 * HOUR_MS - 1000])('%d ms apart: both clocks and the difference are named', (ms) => {
  const why = inEnglish(compareClocks(shifted(ms), now) ?? '');
  expect(why).toContain(now.toISOString());
  expect(why).toContain(new Date(now.getTime() + ms).toISOString());
  expect(why).toContain(': 1 days apart');
});

it.each([undefined, '', 'soon'])('the date %j says nothing', (date) => {
  expect(compareClocks(date, now)).toBeNull();
});
