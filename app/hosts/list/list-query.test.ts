import { expect, test } from 'vitest';
import { hostQuery } from './list-query';

const read = (query: string) => hostQuery.read(new URLSearchParams(query));

test('an empty address is the whole list by name', () => {
  expect(read('')).toEqual({
    search: undefined,
    state: undefined,
    platform: undefined,
    filter: undefined,
    fleet: undefined,
    sort: 'fqdn',
    direction: 'asc',
    cursor: undefined,
  });
});

test('times are sorted from the latest unless the address says otherwise', () => {
  expect(read('sort=lastSeen').direction).toBe('desc');
  expect(read('sort=lastSeen&direction=asc').direction).toBe('asc');
});

test('what the address cannot mean is left out, so that an old bookmark opens', () => {
  expect(read('state=sleeping&platform=amiga&sort=colour&direction=sideways&search=%20%20')).toEqual(read(''));
});

test('changing the filter leaves the rest and returns to the first page', () => {
  const params = new URLSearchParams('state=up&search=web&cursor=abc');
  expect(hostQuery.link(params, { state: 'down' })).toBe('/hosts?state=down&search=web');
  expect(hostQuery.link(params, { state: undefined, search: '' })).toBe('/hosts');
  expect(hostQuery.link(params, { cursor: 'def' })).toBe('/hosts?state=up&search=web&cursor=def');
});
