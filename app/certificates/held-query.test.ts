import { expect, test } from 'vitest';
import { heldLink, readHeldQuery } from './held-query';

const read = (query: string) => readHeldQuery(new URLSearchParams(query));

test('an empty address is everything; days that mean nothing are thirty', () => {
  expect(read('')).toEqual({ show: 'all', days: 30, cursor: undefined });
  for (const days of ['0', '-1', '1.5', 'x', '', '3651', '1e9']) expect(read(`show=within&days=${days}`).days).toBe(30);
  expect(read('show=sideways&days=7')).toMatchObject({ show: 'all', days: 7 });
});

test('a link keeps the filter, and another filter returns to the first page', () => {
  const params = new URLSearchParams('show=within&days=7&cursor=abc');
  expect(heldLink(params, { cursor: 'def' })).toBe('/certificates?show=within&days=7&cursor=def');
  expect(heldLink(params, { days: '60' })).toBe('/certificates?show=within&days=60');
  expect(heldLink(params, { show: 'expired' })).toBe('/certificates?show=expired');
  expect(heldLink(params, { show: 'all' })).toBe('/certificates');
});
