import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashSources } from './hash-sources.mjs';

test('the hash follows content and names, and neither times nor tests', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sysmanage-hash-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'src/deep'), { recursive: true });
  await writeFile(join(root, 'src/a.ts'), 'one');
  await writeFile(join(root, 'src/deep/b.ts'), 'two');
  await writeFile(join(root, 'lone.json'), '{}');
  const hash = () => hashSources(root, ['src', 'lone.json']);
  const first = await hash();

  await utimes(join(root, 'src/a.ts'), 0, 0);
  await writeFile(join(root, 'src/a.test.ts'), 'a test');
  await writeFile(join(root, 'elsewhere.ts'), 'not a source');
  expect(await hash()).toBe(first);

  await writeFile(join(root, 'src/deep/b.ts'), 'three');
  const second = await hash();
  expect(second).not.toBe(first);

  await rename(join(root, 'src/deep/b.ts'), join(root, 'src/deep/c.ts'));
  expect(await hash()).not.toBe(second);

  // The border between two files is part of the hash: what leaves one and enters the other is a change.
  await writeFile(join(root, 'src/a.ts'), 'onet');
  await writeFile(join(root, 'src/deep/c.ts'), 'hree');
  const moved = await hash();
  await writeFile(join(root, 'src/a.ts'), 'one');
  await writeFile(join(root, 'src/deep/c.ts'), 'three');
  expect(await hash()).not.toBe(moved);
});
