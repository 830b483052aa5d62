import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fqdn } from '../protocol';
import { qualify, readFqdn, toFqdn } from './fqdn';

it.each([
  ['web-01.example.org', 'web-01.example.org'],
  ['WEB-01.Example.ORG.', 'web-01.example.org'],
  ['DESKTOP_1', 'desktop_1'],
  ["Anna's Mac.local", 'anna-s-mac.local'],
  ['büro', 'xn--bro-hoa'],
  ['-x-', 'x'],
  ['a..b', 'a.b'],
  ['<img src=x onerror=alert(1)>', 'img-src-x-onerror-alert-1'],
  ['', 'unnamed'],
  ['...', 'unnamed'],
  ['日本', 'xn--wgv71a'],
  // A name is text: none of these is an IPv4 address.
  ['10042', '10042'],
  ['7', '7'],
  ['007', '007'],
  ['0x7', '0x7'],
  ['１００', '100'],
  ['db.10042', 'db.10042'],
  ['192.0.2.7', '192.0.2.7'],
  ['a/b', 'a-b'],
])('%j becomes %j', (name, expected) => expect(toFqdn(name)).toBe(expected));

it('fits the wire for any name', () => {
  const manyLabels = fc.array(fc.string({ maxLength: 80 }), { maxLength: 12 }).map((labels) => labels.join('.'));
  const names = fc.oneof(fc.string({ unit: 'binary' }), manyLabels);
  fc.assert(
    fc.property(names, (name) => {
      expect(fqdn.safeParse(toFqdn(name)).error).toBeUndefined();
    }),
  );
});

it("believes a full name only when it is this host's", () => {
  expect(qualify('web', 'web.example.org\n')).toBe('web.example.org');
  expect(qualify('WEB', 'web.example.org')).toBe('web.example.org');
  expect(qualify('web', 'localhost.localdomain')).toBe('web');
  expect(qualify('web', 'website.example.org')).toBe('web');
  expect(qualify('web', '')).toBe('web');
});

it('fits the wire on this machine', async () => {
  expect(fqdn.safeParse(await readFqdn()).error).toBeUndefined();
});
