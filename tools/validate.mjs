// @ts-check
/**
 * `npm run validate`, for a quick look before a commit: types, and lint and tests of what changed since the branch left
 * `main`; on `main` itself, of what is not committed or else of the last commit. The tests are those nearest to the
 * change, with PostgreSQL where they need a database. `npm test` is what decides.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkReady } from './check-ready.mjs';
import { findTests } from './test/find-tests.mjs';
import { runSuites } from './test/run-suites.mjs';

checkReady();

/** Files of tests: with lint and types they stay within one and a half minutes. */
const MOST = 12;

const root = dirname(import.meta.dirname);
process.chdir(root);

/** @param {string[]} args @returns {string[]} the lines it prints; none where it cannot */
function git(...args) {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

function findChanged() {
  const since = (/** @type {string} */ base) => [
    ...git('diff', '--name-only', '--relative', base),
    ...git('ls-files', '--others', '--exclude-standard'),
  ];
  const [head] = git('rev-parse', 'HEAD');
  const [base] = git('merge-base', 'HEAD', 'main');
  if (base !== undefined && base !== head) return since(base);
  const uncommitted = since('HEAD');
  return uncommitted.length > 0 ? uncommitted : since('HEAD~1');
}

const changed = findChanged().filter((file) => existsSync(file));
const isSource = (/** @type {string} */ file) => /\.(ts|tsx|js|mjs)$/.test(file);
const files = git('ls-files', '--cached', '--others', '--exclude-standard').filter(
  (file) => isSource(file) && existsSync(file),
);
const tests = findTests(root, files, changed);
const nearest = tests.slice(0, MOST);
const sources = changed.filter(isSource);
console.log(
  `${changed.length} files changed; ${tests.length} files of tests depend on them${tests.length > MOST ? `, of which the nearest ${MOST} run` : ''}.`,
);

/** @type {Record<string, import('./test/run-suite.mjs').Suite>} */
const suites = {
  // What is known of the last time takes a third of the time; `npm test` looks at everything anew.
  types: { command: ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', 'build/types.json'], isSingle: true },
};
if (sources.length > 0) suites.format = { command: ['prettier', '--check', ...sources], isSingle: true };
if (sources.length > 0)
  suites.lint = { command: ['eslint', '--max-warnings', '0', '--no-warn-ignored', ...sources], isSingle: true };
if (nearest.length > 0)
  suites.tests = {
    command: ['vitest', 'run', '--project', 'unit', '--project', 'postgresql', ...nearest],
    reporter: 'vitest',
  };
await runSuites(suites);
