import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
const document = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** `file`: “title”, “title”; several of them in a cell. */
const SHOWN = /`([\w./-]+\.(?:test|spec)\.ts)`: ((?:“[^”]+”(?:, )?)+)/g;
const promises = [...document.matchAll(SHOWN)].map(([, file, titles]) => ({
  file: file!,
  titles: [...titles!.matchAll(/“([^”]+)”/g)].map(([, title]) => title!),
}));

test('every test that docs/security.md names exists, and every promise names one', () => {
  for (const { file, titles } of promises) {
    expect.soft(existsSync(join(root, file)), file).toBe(true);
    if (!existsSync(join(root, file))) continue;
    const source = readFileSync(join(root, file), 'utf8');
    for (const title of titles) {
      expect.soft(source.includes(`'${title}'`), `${file}: ${title}`).toBe(true);
      const isLeftOut = ['skip', 'todo'].some((how) => source.includes(`.${how}('${title}'`));
      expect.soft(isLeftOut, `${file}: ${title} is left out`).toBe(false);
    }
  }
  const promised = document.split('## What is promised')[1]!.split('## What is not promised')[0]!;
  const rows = promised.split('\n').filter((line) => /^\| (?!---|Promise )/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) expect.soft(row.search(SHOWN), row).toBeGreaterThan(0);
});
