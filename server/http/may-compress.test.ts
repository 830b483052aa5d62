import { expect, test } from 'vitest';
import { mayCompress } from './may-compress';

const request = (method: string, site?: string, accepts = true) => ({
  method,
  headers: site === undefined ? {} : { 'sec-fetch-site': site },
  acceptsEncodings: ((encoding: string) => (accepts ? encoding : false)) as never,
});

test.each([
  ['a page of ours that asks on', request('GET', 'same-origin'), true],
  ['a person who typed the address', request('GET', 'none'), true],
  ['another site that leads here, with guesses in the address', request('GET', 'cross-site'), false],
  ['a neighbour on the same domain', request('GET', 'same-site'), false],
  ['who does not say who caused it', request('GET'), false],
  ['what does not exist', request('GET', 'same-origin, none'), false],
  ['a form, whose answer may hold a secret', request('POST', 'same-origin'), false],
  ['who reads nothing compressed', request('GET', 'same-origin', false), false],
])('%s', (_, asked, expected) => {
  expect(mayCompress(asked)).toBe(expected);
});
