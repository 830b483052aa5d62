import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeTestFolder } from './make-test-folder.mjs';

test('lies where TMPDIR says, and may be passed through by another user but not listed', () => {
  const wanted = mkdtempSync(join(tmpdir(), 'sysmanage-wanted-'));
  onTestFinished(() => rmSync(wanted, { recursive: true }));
  vi.stubEnv('TMPDIR', wanted);
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = makeTestFolder();
  // Windows asks another variable, and has no such modes.
  if (process.platform === 'win32') return;
  expect(dirname(folder)).toBe(wanted);
  expect(statSync(folder).mode & 0o777).toBe(0o711);
});

test('is made without it, too', () => {
  vi.stubEnv('TMPDIR', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = makeTestFolder();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(statSync(folder).isDirectory()).toBe(true);
});
