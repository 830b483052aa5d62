import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../certificates/testing';
import { type Part, readArchive, writeArchive } from './archive';

const passphrase = 'a passphrase of some length';

async function* each(parts: Part[], failure?: Error) {
  yield* parts;
  if (failure) throw failure;
}

test('parts come back as they were, with whatever ends a line somewhere', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'kept');
  const parts: Part[] = [
    { kind: 'manifest', format: 1, version: '0.1.0', at: '2026-11-30T00:00:00.000Z', settings: null },
    { kind: 'file', name: 'settings', text: 'one\ntwo\r\nthree\u2028four\u2029five' },
    { kind: 'rows', rows: Array.from({ length: 5000 }, (_, i) => [`row ${i}`, null, 'a\u2028b']) },
  ];
  await writeArchive(file, passphrase, each(parts));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const read: Part[] = [];
  for await (const part of readArchive(file, passphrase)) read.push(part);
  expect(read).toEqual(parts);
  await expect(readArchive(file, `${passphrase}.`).next()).rejects.toThrow('the passphrase is another');
});

test('one that could not be made to its end leaves the former one and nothing else', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'kept');
  const part: Part = { kind: 'file', name: 'secret', text: 'x' };
  await writeArchive(file, passphrase, each([part]));
  await expect(writeArchive(file, passphrase, each([part, part], new Error('away')))).rejects.toThrow('away');
  expect(await readdir(folder)).toEqual(['kept']);
  const read: Part[] = [];
  for await (const kept of readArchive(file, passphrase)) read.push(kept);
  expect(read).toEqual([part]);
});
