import { expect, test } from 'vitest';
import { userQuery } from './list-query';

const read = (query: string) => userQuery.read(new URLSearchParams(query));

test('an empty address is everybody by name', () => {
  expect(read('')).toEqual({
    search: undefined,
    state: undefined,
    role: undefined,
    sort: 'name',
    direction: 'asc',
    cursor: undefined,
  });
});

test('what the address cannot mean is left out', () => {
  expect(read('state=toString&role=root&sort=password&direction=up&search=%20&cursor=')).toEqual(read(''));
  expect(read(`search=${'x'.repeat(1000)}`).search).toHaveLength(254);
});

test('a column of times begins with the latest', () => {
  expect(read('sort=lastSignIn').direction).toBe('desc');
});

test('a change of the list leads back to its first page', () => {
  const params = new URLSearchParams('state=locked&cursor=abc&search=ada');
  expect(userQuery.link(params, { state: undefined })).toBe('/users?search=ada');
  expect(userQuery.link(params, { role: 'operator' })).toBe('/users?state=locked&search=ada&role=operator');
  expect(userQuery.link(new URLSearchParams('cursor=abc'), {})).toBe('/users');
});
