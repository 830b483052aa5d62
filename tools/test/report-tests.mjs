// @ts-check
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * A reporter of vitest (https://vitest.dev/api/advanced/reporters): writes what `runSuite` counts and names. Vitest's
 * own JSON does not tell which test needed a second try.
 *
 * @typedef {import('vitest/node').Reporter} Reporter
 * @implements {Reporter}
 */
export default class ReportTests {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state);
    const passed = inState('passed');
    const failed = inState('failed');
    const skipped = inState('skipped');
    const report = {
      passed: passed.length,
      failed: failed.length,
      skipped: skipped.length,
      left: skipped.map(({ fullName }) => fullName),
      unstable: passed.filter((test) => test.diagnostic()?.flaky).map((test) => `${nameOf(test)} (${causeOf(test)})`),
      broken: failed.map(nameOf),
    };
    if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify(report));
  }
}

/** @param {import('vitest/node').TestCase} test */
const nameOf = ({ module, fullName }) => `${relative(process.cwd(), module.moduleId)}: ${fullName}`;

/** Why its first try failed, in a line: nothing else is printed of one that passed at its second. */
function causeOf(/** @type {import('vitest/node').TestCase} */ test) {
  const [error] = test.result().errors ?? [];
  return error?.message.split('\n')[0] ?? 'no error was kept';
}
