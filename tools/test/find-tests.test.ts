import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findTests } from './find-tests.mjs';

async function project(files: Record<string, string>): Promise<[root: string, files: string[]]> {
  const root = await mkdtemp(join(tmpdir(), 'sysmanage-tests-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return [root, Object.keys(files)];
}

const FILES = {
  'a/rule.ts': `export const rule = 1;`,
  'a/far.test.ts': `import { page } from '../page';`,
  'a/rule.test.ts': `import { expect } from 'vitest';\nimport {\n  rule,\n} from './rule';`,
  'page.tsx': `export * from './a/rule';\nexport const lazy = () => import('./lazy');`,
  'lazy.ts': `import './page';`,
  'types.test.ts': `import type { rule } from './a/rule';`,
  'other.test.ts': `import { other } from 'a/rule';`,
};

test('those that load what was changed come first, then those that load it by way of others', async () => {
  expect(findTests(...(await project(FILES)), ['a/rule.ts'])).toEqual(['a/rule.test.ts', 'a/far.test.ts']);
});

test('one that was changed itself is the first', async () => {
  expect(findTests(...(await project(FILES)), ['lazy.ts', 'other.test.ts'])).toEqual([
    'other.test.ts',
    'a/far.test.ts',
  ]);
});

test('one that is named after what was changed is nearer than one that loads it', async () => {
  const files = {
    ...FILES,
    'a/lazy.test.ts': `import { caller } from '../types.test';`,
    'page.db.test.ts': `import './lazy';`,
  };
  expect(findTests(...(await project(files)), ['page.tsx'])).toEqual(['page.db.test.ts', 'a/far.test.ts']);
});

test('those of the same room come before those that are as far or nearer, since a router loads everything', async () => {
  const files = {
    'server/hosts/approve.ts': `export const approve = 1;`,
    'server/router.ts': `import './hosts/approve';`,
    'server/hosts/testing.ts': `import '../router';`,
    'server/audit/near.test.ts': `import '../router';`,
    'server/hosts/far.test.ts': `import './testing';`,
    'server/hosts/apart.test.ts': `import 'vitest';`,
  };
  expect(findTests(...(await project(files)), ['server/hosts/approve.ts'])).toEqual([
    'server/hosts/far.test.ts',
    'server/audit/near.test.ts',
  ]);
});

test('what is no source, or is gone, breaks none', async () => {
  expect(findTests(...(await project(FILES)), ['README.md', 'a/gone.ts'])).toEqual([]);
});
