import { expect, test } from 'vitest';
import { countJourneys, judge } from './run-suite.mjs';

const clean = { hasTests: true, code: 0, killedBy: null, output: '' };

test('passes when its tests did and it ended well', () => {
  expect(judge(clean, { passed: 2, failed: 0, skipped: 0 })).toMatchObject({ state: 'passed', passed: 2 });
  expect(judge({ ...clean, hasTests: false })).toMatchObject({ state: 'passed' });
});

test('fails with a failed test, whatever the exit code', () => {
  expect(judge(clean, { passed: 2, failed: 1, skipped: 0 })).toMatchObject({ state: 'failed', failed: 1 });
});

test('fails when all tests passed and the runner still complains, as it does of an unhandled rejection', () => {
  expect(judge({ ...clean, code: 1 }, { passed: 2, failed: 0, skipped: 0 })).toMatchObject({
    state: 'failed',
    reason: 'exit code 1',
  });
  const killed = { ...clean, code: null, killedBy: 'SIGKILL' as const };
  expect(judge(killed, { passed: 2, failed: 0, skipped: 0 })).toMatchObject({
    state: 'failed',
    reason: 'ended by SIGKILL',
  });
});

test('has not run when no test ran, and tells the last error', () => {
  expect(judge(clean, { passed: 0, failed: 0, skipped: 3 })).toMatchObject({ state: 'not run', reason: 'no test ran' });
  const output = 'starting\n\u001b[31mError\u001b[39m: No Chromium found\n    at find (e2e/browser.ts:30:9)\n';
  expect(judge({ ...clean, code: 1, output })).toMatchObject({ state: 'not run', reason: 'Error: No Chromium found' });
});

// As the JSON reporter writes it (Playwright, "JSONReport"), cut to what is read.
test('a journey that passed at its second try counts as passed, and is named', () => {
  const spec = (title: string, status: string) => ({ title, file: 'hosts.spec.ts', tests: [{ status }] });
  const suites = [
    { specs: [spec('a list', 'expected')], suites: [{ specs: [spec('a filter', 'flaky')] }] },
    { specs: [spec('an act', 'unexpected'), spec('a page', 'skipped')] },
  ];
  const stats = { expected: 1, flaky: 1, unexpected: 1, skipped: 1 };
  const counts = countJourneys({ stats, suites });
  expect(counts).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    unstable: ['hosts.spec.ts: a filter'],
    broken: ['hosts.spec.ts: an act'],
  });
  expect(judge({ ...clean, code: 1 }, counts)).toMatchObject({
    state: 'failed',
    unstable: ['hosts.spec.ts: a filter'],
  });
});
