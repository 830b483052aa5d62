import { expect, test } from 'vitest';
import { nameForCookies } from './name-for-cookies';

test('servers on any free port of one machine have cookies of their own, which outlive a start', () => {
  const nameOf = (secret: string) => nameForCookies({ frontend_port: 0 }, secret);
  expect(nameOf('one')).toMatch(/^[0-9a-f]{12}$/);
  expect(nameOf('one')).toBe(nameOf('one'));
  expect(nameOf('another')).not.toBe(nameOf('one'));
});

test('with a port of its own, which people may read in their browser, a server is named by that', () => {
  expect(nameForCookies({ frontend_port: 7443 }, 'one')).toBe('7443');
});
