import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeStateFolder } from '../testing';
import { watchFile } from './watch-file';

it('tells a file that another has taken the place of, be it the same, and one that is gone', () => {
  const path = makeStateFolder().replace(/state$/, 'program.cjs');
  writeFileSync(path, 'one');
  const isReplaced = watchFile(path);
  expect(isReplaced()).toBe(false);
  writeFileSync(`${path}.dpkg-new`, 'one');
  renameSync(`${path}.dpkg-new`, path);
  expect(isReplaced()).toBe(true);
  const isGone = watchFile(path);
  rmSync(path);
  expect(isGone()).toBe(true);
});
