import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hello } from '../protocol';
import { parseOsRelease, readOperatingSystem } from './operating-system';

it('reads a captured os-release', () => {
  const captured = readFileSync(new URL('../testdata/os-release.debian-12', import.meta.url), 'utf8');
  expect(parseOsRelease(captured)).toEqual({ name: 'Debian GNU/Linux', version: '12 (bookworm)' });
});

it.each([
  ["NAME='Alpine Linux'\nVERSION_ID=3.20.1\n", { name: 'Alpine Linux', version: '3.20.1' }],
  ['NAME="Arch Linux"\nBUILD_ID=rolling\n', { name: 'Arch Linux', version: 'rolling' }],
  ['NAME="A \\"quoted\\" \\$name"\r\n# NAME=comment\n', { name: 'A "quoted" $name', version: '' }],
  ['', { name: 'Linux', version: '' }],
])('%j', (text, expected) => expect(parseOsRelease(text)).toEqual(expected));

it('fits the wire on this machine', async () => {
  const shape = hello.pick({ platform: true, osName: true, osVersion: true, kernel: true, architecture: true });
  const found = await readOperatingSystem();
  expect(shape.safeParse(found).error).toBeUndefined();
  expect(found.osName).not.toBe('');
});
