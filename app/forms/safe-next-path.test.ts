import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeNextPath } from './safe-next-path';

test.each(['/', '/hosts', '/hosts?state=up&search=a%20b', '/hosts/1#events', '/a//b'])('keeps %s', (path) => {
  expect(safeNextPath(path)).toBe(path);
});

test.each([
  null,
  undefined,
  '',
  'hosts',
  'https://evil.example',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n//evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  'javascript:alert(1)',
  ' /hosts',
])('refuses %j', (path) => {
  expect(safeNextPath(path)).toBe('/');
});

test.each([
  ['/_root.data', '/'],
  ['/_root.data?_routes=routes%2F_app._index', '/'],
  ['/hosts.data?state=up&_routes=routes%2F_app', '/hosts?state=up'],
  ['/hosts/1.data', '/hosts/1'],
])('goes back to the page of %s', (data, page) => {
  expect(safeNextPath(data)).toBe(page);
});

test.each(['//.data', '/.data', '/./.data'])('%j as data leads nowhere else', (path) => {
  expect(new URL(safeNextPath(path), 'https://sysmanage.example').origin).toBe('https://sysmanage.example');
});

test('whatever it is given, the browser stays on this site', () => {
  const odd = fc.string({
    unit: fc.constantFrom('.data', '/', '\\', '.', ':', '@', '?', '#', '\t', '\n', ' ', 'a', '%2f', '%5c'),
  });
  fc.assert(
    fc.property(odd, (next) => {
      const target = new URL(safeNextPath(next), 'https://sysmanage.example/sign-in');
      expect(target.origin).toBe('https://sysmanage.example');
    }),
    { numRuns: 2_000 },
  );
});
