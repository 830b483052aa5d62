import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createClientAddress, isAddressBlock } from './client-address';

function requestFrom(peer: string, forwarded?: string) {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

test.each([
  ['nobody is trusted unless said', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a stranger cannot name himself', ['10.0.0.1'], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a proxy is believed', ['10.0.0.1'], '10.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['a block of them', ['10.0.0.0/8'], '10.200.1.2', '198.51.100.7', '198.51.100.7'],
  ['one in front of the other', ['10.0.0.0/8'], '10.0.0.1', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
  [
    'what was invented in front of the first of them',
    ['10.0.0.0/8'],
    '10.0.0.1',
    '1.1.1.1, 198.51.100.7, 10.9.9.9',
    '198.51.100.7',
  ],
  ['a proxy that came as IPv6', ['10.0.0.1'], '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
  ['IPv6', ['2001:db8::/32'], '2001:db8::5', '2001:db9::7', '2001:db9::7'],
  ['a proxy that names nobody', ['10.0.0.1'], '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that speaks for itself', ['10.0.0.1'], '10.0.0.1', '', '10.0.0.1'],
  ['what is no address', ['10.0.0.0/8'], '10.0.0.1', 'unknown, 10.9.9.9', '10.9.9.9'],
  ['text for a log', ['10.0.0.1'], '10.0.0.1', '198.51.100.7"\n<script>', '10.0.0.1'],
])('%s', (_, trusted, peer, forwarded, client) => {
  expect(createClientAddress(trusted)(requestFrom(peer, forwarded))).toBe(client);
});

test('what a setting may hold', () => {
  for (const block of ['192.0.2.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'])
    expect(isAddressBlock(block), block).toBe(true);
  for (const wrong of [
    '',
    'proxy.example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0/8',
    '10.0.0.0/-1',
    '/8',
  ]) {
    expect(isAddressBlock(wrong), wrong).toBe(false);
  }
});
