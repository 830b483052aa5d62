// @ts-check
/**
 * `npm test` runs everything; `node tools/test.mjs lint types unit` only what is named. `unit` is the tests that need
 * no database, then all others once on PGlite and once on PostgreSQL.
 *
 * Nothing is left out silently: a suite that could not run, or in which no test ran, is named at the end with its
 * reason and fails the whole. The last line counts tests; a suite without tests of its own (lint, say) counts as one
 * failure when it fails, so that the line never reads better than the result.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkReady } from './check-ready.mjs';
import { makeTestFolder } from './make-test-folder.mjs';
import { runSuite } from './run-suite.mjs';

checkReady();

/** @type {Record<string, import('./run-suite.mjs').Suite>} */
const suites = {
  lint: { command: ['eslint', '.', '--max-warnings', '0'] },
  types: { command: ['tsc', '--noEmit'] },
  unit: { command: ['vitest', 'run', '--allowOnly=false', '--project', 'unit'], reporter: 'vitest' },
  pglite: { command: ['vitest', 'run', '--allowOnly=false', '--project', 'pglite'], reporter: 'vitest' },
  postgresql: { command: ['vitest', 'run', '--allowOnly=false', '--project', 'postgresql'], reporter: 'vitest' },
  build: { command: ['tools/build.mjs', '--if-stale'] },
  e2e: { command: ['playwright', 'test', '-c', 'e2e/playwright.config.ts', '--forbid-only'], reporter: 'playwright', needs: 'build' },
};
/** @type {Record<string, string[]>} */
const groups = { unit: ['unit', 'pglite', 'postgresql'], e2e: ['build', 'e2e'] };

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(1);
}
const wanted = named.flatMap((name) => groups[name] ?? [name]);
const interruption = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => interruption.abort());
const folder = makeTestFolder();
process.env.TMPDIR = folder;
/** @type {Record<string, import('./run-suite.mjs').Outcome>} */
const outcomes = {};
try {
  for (const [name, suite] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const needed = suite.needs && outcomes[suite.needs];
    const obstacle = interruption.signal.aborted ? 'interrupted' : needed && needed.state !== 'passed' && `${suite.needs} failed`;
    if (!obstacle) console.log(`\n━━ ${name}`);
    outcomes[name] = obstacle
      ? { state: 'not run', reason: obstacle, seconds: 0, passed: 0, failed: 0, skipped: 0 }
      : await runSuite(suite, join(folder, `${name}.json`), interruption.signal);
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

console.log('\n━━ summary');
for (const [name, { state, reason, seconds, passed, failed, skipped, left = [], unstable = [] }] of Object.entries(outcomes)) {
  const counts = suites[name]?.reporter ? `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} SKIPPED` : ''}` : '';
  console.log(`${name.padEnd(11)} ${state.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`);
  if (reason) console.log(`            ${reason}`);
  for (const test of left) console.log(`            not run: ${test}`);
  for (const test of unstable) console.log(`            unstable: ${test}`);
}
const all = Object.values(outcomes);
const passed = all.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = all.reduce((sum, outcome) => sum + (outcome.state === 'passed' ? 0 : Math.max(outcome.failed, 1)), 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
