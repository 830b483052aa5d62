import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createContext } from './context';
import { testServices } from './testing';

test('a trusted proxy names whom a page is for; on the agents’ listener nobody names anybody', async () => {
  const services = await testServices({ SYSMANAGE_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16' });
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '::ffff:10.0.0.1' });
  const request = new IncomingMessage(socket);
  request.headers['x-forwarded-for'] = '203.0.113.66, 198.51.100.7, 10.1.2.3';
  expect(createContext(services, 'web', request).address).toBe('198.51.100.7');
  expect(createContext(services, 'api', request).address).toBe('10.0.0.1');
});
