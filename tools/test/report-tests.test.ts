import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('tests are counted, and those named that failed, were left out or needed a second try', async () => {
  const root = mkdtempSync(join(tmpdir(), 'report-'));
  writeFileSync(
    join(root, 'some.test.mjs'),
    `import { expect, test } from '${join(process.cwd(), 'node_modules/vitest/dist/index.js')}';
     let tries = 0;
     test('steady', () => {});
     test('unsteady', () => expect(++tries).toBe(2));
     test('broken', () => expect(1).toBe(2));
     test.skip('left', () => {});`,
  );
  const report = join(root, 'report.json');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--root',
    root,
    '--retry=1',
    '--reporter=./tools/test/report-tests.mjs',
  ];
  const env = { ...process.env, TEST_REPORT: report };
  await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({ code: 1 });
  expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    left: ['left'],
    unstable: [expect.stringMatching(/some\.test\.mjs: unsteady \(expected 1 to be 2/)],
    broken: [expect.stringMatching(/some\.test\.mjs: broken$/)],
  });
});
