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

const promised = document.split('## What is promised')[1]!.split('## What is not promised')[0]!;
const rows = promised.split('\n').filter((line) => /^\| (?!---|Promise )/.test(line));

/** Every class of attacks with a name of its own that something here could fall to. */
const CLASSES = [
  'Setup-page takeover',
  'Agent data as HTML',
  'Deserialisation into code',
  'Cross-site WebSocket',
  'Object-level authorisation, on every id',
  'Object-level authorisation, on every live stream',
  'Host names or serials as credentials, certificate-name confusion',
  'JWT confusion',
  'Template and report rendering',
  'Path traversal',
  'Secrets in logs',
  'Secrets in URLs',
  'Secrets in responses',
  'Discovery spoofing',
  'Floods',
  'Unbounded queues',
  'Huge frames',
  'TLS resumption with stale authority',
];

test('each class of attacks has a promise by its name', () => {
  for (const name of CLASSES)
    expect
      .soft(
        rows.some((row) => row.startsWith(`| **${name}`)),
        name,
      )
      .toBe(true);
});

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
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) expect.soft(row.search(SHOWN), row).toBeGreaterThan(0);
});
