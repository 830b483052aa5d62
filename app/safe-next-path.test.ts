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

test('whatever it is given, the browser stays on this site', () => {
  const odd = fc.string({ unit: fc.constantFrom('/', '\\', '.', ':', '@', '?', '#', '\t', '\n', ' ', 'a', '%2f', '%5c') });
  fc.assert(
    fc.property(odd, (next) => {
      const target = new URL(safeNextPath(next), 'https://sysmanage.example/sign-in');
      expect(target.origin).toBe('https://sysmanage.example');
    }),
    { numRuns: 2_000 },
  );
});
