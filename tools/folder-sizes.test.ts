import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
/** Files of code, without tests and what tests alone load. */
const MOST = 24;
/** Remix has all routes in one folder, and takes their addresses from their names. */
const FLAT = ['app/routes'];
const CODE = /\.(ts|tsx|mjs)$/;
const OF_TESTS = /(^testing\b|\.test\.)/;

test(`no folder has more than ${MOST} files of code`, () => {
  const counts = new Map<string, number>();
  for (const room of ['agent', 'app', 'db', 'e2e', 'server', 'tools', 'words'])
    for (const { name, parentPath } of readdirSync(join(root, room), { recursive: true, withFileTypes: true }))
      if (CODE.test(name) && !OF_TESTS.test(name)) counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1);
  const large = [...counts].filter(([, count]) => count > MOST).map(([folder]) => folder.slice(root.length + 1));
  expect(large).toEqual(FLAT);
});
