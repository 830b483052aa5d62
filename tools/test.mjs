// @ts-check
/**
 * `npm test` runs everything; `node tools/test.mjs lint types unit` only what is named. `unit` is the tests that need
 * no database, then the others on PGlite, on PostgreSQL or on both (vitest.config.ts).
 *
 * Nothing is left out silently: a suite that could not run, or in which no test ran, is named at the end with its
 * reason and fails the whole. The last line counts tests; a suite without tests of its own (lint, say) counts as one
 * failure when it fails, so that the line never reads better than the result.
 */
import { availableParallelism } from 'node:os';
import { checkReady } from './check-ready.mjs';
import { runSuites } from './test/run-suites.mjs';

checkReady();

/** Tests wait for a fifth of their time: for agents to try again, for processes to start and end, for the database. */
const WORKERS = `--maxWorkers=${availableParallelism() + 1}`;

/** @type {Record<string, import('./test/run-suite.mjs').Suite>} */
const suites = {
  format: { command: ['prettier', '--check', '.'], isSingle: true },
  lint: { command: ['eslint', '.', '--max-warnings', '0'], isSingle: true },
  types: { command: ['tsc', '--noEmit'], isSingle: true },
  unused: { command: ['knip', '--no-progress'], isSingle: true },
  build: { command: ['tools/build.mjs', '--if-stale'], isSingle: true },
  unit: { command: ['vitest', 'run', '--allowOnly=false', '--project', 'unit', WORKERS], reporter: 'vitest' },
  pglite: { command: ['vitest', 'run', '--allowOnly=false', '--project', 'pglite', WORKERS], reporter: 'vitest' },
  postgresql: {
    command: ['vitest', 'run', '--allowOnly=false', '--project', 'postgresql', WORKERS],
    reporter: 'vitest',
  },
  e2e: {
    command: ['playwright', 'test', '-c', 'e2e/playwright.config.ts', '--forbid-only'],
    reporter: 'playwright',
    needs: 'build',
  },
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
await runSuites(
  Object.fromEntries(Object.entries(suites).filter(([name]) => wanted.length === 0 || wanted.includes(name))),
);
