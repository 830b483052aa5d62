// @ts-check
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeTestFolder } from './make-test-folder.mjs';
import { runSuite } from './run-suite.mjs';

/**
 * @typedef {import('./run-suite.mjs').Suite} Suite
 * @typedef {import('./run-suite.mjs').Outcome} Outcome
 */

/**
 * Runs suites in their order, those that follow each other and keep no more than one processor busy side by side, and
 * says at the end how each went. The process fails when one did, or did not run.
 *
 * @param {Record<string, Suite>} suites
 */
export async function runSuites(suites) {
  const interruption = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => interruption.abort());
  const folder = makeTestFolder();
  process.env.TMPDIR = folder;
  /** @type {Record<string, Outcome>} */
  const outcomes = {};
  try {
    for (const stage of divide(suites)) {
      const waiting = [...stage];
      const work = async () => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          const suite = /** @type {Suite} */ (suites[name]);
          const needed = suite.needs && outcomes[suite.needs];
          const obstacle = interruption.signal.aborted
            ? 'interrupted'
            : needed && needed.state !== 'passed' && `${suite.needs} failed`;
          outcomes[name] = obstacle
            ? { state: 'not run', reason: obstacle, seconds: 0, passed: 0, failed: 0, skipped: 0 }
            : await runSuite(name, suite, {
                report: join(folder, `${name}.json`),
                signal: interruption.signal,
                isAlone: stage.length === 1,
              });
        }
      };
      await Promise.all(Array.from({ length: availableParallelism() }, work));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  summarise(suites, outcomes);
}

/**
 * The names of those that run at the same time, in order. @param {Record<string, Suite>} suites @returns {string[][]}
 */
export function divide(suites) {
  /** @type {string[][]} */
  const stages = [];
  let isShared = false;
  for (const [name, { isSingle = false }] of Object.entries(suites)) {
    if (isShared && isSingle) stages.at(-1)?.push(name);
    else stages.push([name]);
    isShared = isSingle;
  }
  return stages;
}

/** @param {Record<string, Suite>} suites @param {Record<string, Outcome>} outcomes */
function summarise(suites, outcomes) {
  console.log('\n━━ summary');
  for (const name of Object.keys(suites)) {
    const outcome = /** @type {Outcome} */ (outcomes[name]);
    const { state, reason, seconds, passed, failed, skipped, left = [], unstable = [], broken = [] } = outcome;
    const counts = suites[name]?.reporter
      ? `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} SKIPPED` : ''}`
      : '';
    console.log(`${name.padEnd(11)} ${state.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`);
    if (reason) console.log(`            ${reason}`);
    for (const test of left) console.log(`            not run: ${test}`);
    for (const test of broken) console.log(`            failed: ${test}`);
    for (const test of unstable) console.log(`            unstable: ${test}`);
  }
  const all = Object.values(outcomes);
  const passed = all.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = all.reduce((sum, outcome) => sum + (outcome.state === 'passed' ? 0 : Math.max(outcome.failed, 1)), 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
