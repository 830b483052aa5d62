import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { users } from '../db/schema';
import { createContext } from './context';
import { testServices } from './testing';

function requestFrom(remoteAddress: string, headers: IncomingMessage['headers'] = {}) {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }));
  return Object.assign(request, { headers });
}

test('a trusted proxy names whom a page is for; on the agents’ listener nobody names anybody', async () => {
  const services = await testServices({ SYSMANAGE_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16' });
  const request = requestFrom('::ffff:10.0.0.1');
  request.headers['x-forwarded-for'] = '203.0.113.66, 198.51.100.7, 10.1.2.3';
  expect(createContext(services, 'web', request).address).toBe('198.51.100.7');
  expect(createContext(services, 'api', request).address).toBe('10.0.0.1');
});

test('over HTTPS to a trusted proxy cookies stay on HTTPS, and those of plain HTTP count for nothing', async () => {
  const services = await testServices({ SYSMANAGE_TRUSTED_PROXIES: '10.0.0.1' });
  const user = { id: '', email: 'admin@example.com' };
  const [made] = await services.db
    .insert(users)
    .values({ email: user.email, passwordHash: '-', role: 'administrator' })
    .returning();
  user.id = made!.id;
  const forwarded = { 'x-forwarded-proto': 'https' };
  const secure = createContext(services, 'web', requestFrom('10.0.0.1', forwarded));
  const others = {
    'no proxy': createContext(services, 'web', requestFrom('10.0.0.2', forwarded)),
    'plain HTTP': createContext(services, 'web', requestFrom('10.0.0.1', { 'x-forwarded-proto': 'http' })),
  };
  const session = await secure.sessions.start(user.id);
  const device = secure.knownDevices.makeCookie(user, new Date());
  for (const cookie of [session, device]) expect(cookie).toMatch(/^__Host-sysmanage-.*; Secure\b/);
  const shown = [session, device].map((cookie) => cookie.split(';')[0]).join('; ');
  expect(await secure.sessions.find(shown)).not.toBeNull();
  expect(
    createContext(services, 'web', requestFrom('10.0.0.1', { ...forwarded, cookie: shown })).shownDevices,
  ).toHaveLength(1);

  for (const [name, { sessions, knownDevices }] of Object.entries(others)) {
    const plain = `${await sessions.start(user.id)}; ${knownDevices.makeCookie(user, new Date())}`;
    expect(plain, name).not.toMatch(/__Host-|Secure/);
    expect(await secure.sessions.find(plain), name).toBeNull();
    expect(secure.sessions.isShown(plain), name).toBe(false);
    expect(secure.knownDevices.shownIn(plain), name).toEqual([]);
    expect(await sessions.find(shown), name).toBeNull();
  }
});
