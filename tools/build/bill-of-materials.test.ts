import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFolder, writeBill } from './bill-of-materials.mjs';

/** Those that ask for no more than to be named (SPDX). */
const FREE = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0)$/;

interface Bill {
  bomFormat: string;
  specVersion: string;
  metadata: { component: { name: string; version: string } };
  components: { 'bom-ref': string; name: string; version: string; purl: string; hashes?: unknown[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const root = join(import.meta.dirname, '../..');
const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as unknown;

let folder: string;
let bill: Bill;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sysmanage-bill-'));
  await writeBill(folder);
  bill = (await read(join(folder, 'sbom.cdx.json'))) as Bill;
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

test('each package of an installation is in the bill, as the lock file has it, and those that the pages are made of', async () => {
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'sysmanage' } } });
  const { packages } = (await read(join(root, 'package-lock.json'))) as {
    packages: Record<string, { version: string; dev?: boolean; devOptional?: boolean; peer?: boolean }>;
  };
  const installed = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path && !dev && !devOptional)
    .map(([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`);
  const listed = bill.components.map((component) => component['bom-ref']);
  expect(installed.length).toBeGreaterThan(100);
  expect(listed).toEqual(expect.arrayContaining(installed));
  const names = bill.components.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['react', 'react-dom', 'react-aria-components', 'uplot', 'react-stately']),
  );
  for (const name of ['eslint', 'vitest', 'esbuild', '@remix-run/dev']) expect(names).not.toContain(name);
  for (const { name, purl, hashes } of bill.components) expect([name, purl, hashes?.length]).toEqual([name, purl, 1]);
});

test('what depends on what is within the bill', () => {
  const refs = new Set(bill.components.map((component) => component['bom-ref']));
  for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
});

test('no licence asks for more than to be named, and each is there', async () => {
  const text = await readFile(join(folder, 'licences.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => /^\S+ \d/.test(line));
  expect(lines.length).toBe(bill.components.length);
  for (const line of lines) {
    const licences = line
      .replace(/^\S+ \S+: /, '')
      .replace(/[()]/g, '')
      .split(/ AND | OR |, /);
    for (const licence of licences) expect(licence, line).toMatch(FREE);
  }
  expect(text).toContain('Copyright (c) Facebook');
});

test('the text of each licence is there that its package has, also of a package within another', async () => {
  const text = await readFile(join(folder, 'licences.txt'), 'utf8');
  const nested = [];
  for (const { name, version } of bill.components) {
    const place = await findFolder(name, version);
    if (!place) continue;
    if (place !== join(import.meta.dirname, '../../node_modules', name)) nested.push(name);
    const hasText = (await readdir(place)).some((file) => /^licen[cs]e/i.test(file));
    const [, after = ''] = text.split(`\n${name} ${version}: `);
    expect(after.split('\n')[1]?.startsWith('    '), `${name} ${version}`).toBe(hasText);
  }
  expect(nested.length).toBeGreaterThan(0);
});
