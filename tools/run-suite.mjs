// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * @typedef {{ command: string[], reporter?: 'vitest' | 'playwright', needs?: string }} Suite
 * `command` starts with a package whose command it is, or with a script of ours.
 *
 * @typedef {{ state: 'passed' | 'failed' | 'not run', reason?: string, seconds: number, passed: number, failed: number, skipped: number }} Outcome
 * `failed` holds no more than the tests that failed; the reason says what else did.
 */

const root = dirname(import.meta.dirname);
/** A suite that hangs must not hold a build machine until its own limit. */
const LIMIT_MS = 20 * 60_000;

/**
 * Runs a suite, its output passed through as it comes, and counts its tests from the runner's own report.
 *
 * @param {Suite} suite
 * @param {string} report where the runner is to write its JSON
 * @returns {Promise<Outcome>}
 */
export async function runSuite(suite, report) {
  const start = performance.now();
  const [program = '', ...args] = suite.command;
  if (suite.reporter === 'vitest') args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`);
  if (suite.reporter === 'playwright') args.push('--reporter=list,json');
  const child = spawn(process.execPath, [findScript(program), ...args], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    timeout: LIMIT_MS,
  });
  let lastLine = '';
  for (const [from, to] of /** @type {const} */ ([[child.stdout, process.stdout], [child.stderr, process.stderr]])) {
    from.on('data', (/** @type {Buffer} */ chunk) => {
      to.write(chunk);
      lastLine = chunk.toString().trim().split('\n').at(-1) || lastLine;
    });
  }
  const [code, signal] = /** @type {[number | null, NodeJS.Signals | null]} */ (await once(child, 'close'));
  const counts = suite.reporter ? readReport(suite.reporter, report) : undefined;
  return { ...judge(suite, code, signal, counts, lastLine), seconds: (performance.now() - start) / 1000 };
}

/**
 * @param {Suite} suite
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @param {{ passed: number, failed: number, skipped: number } | undefined} counts
 * @param {string} lastLine
 * @returns {Omit<Outcome, 'seconds'>}
 */
function judge(suite, code, signal, counts, lastLine) {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const found = { passed, failed, skipped };
  if (suite.reporter && passed + failed === 0) return { state: 'not run', reason: lastLine || 'no test ran', ...found };
  if (code === 0 && failed === 0) return { state: 'passed', ...found };
  if (failed > 0) return { state: 'failed', ...found };
  return { state: 'failed', reason: signal ? `ended by ${signal}` : `exit code ${code}`, ...found };
}

/**
 * @param {'vitest' | 'playwright'} reporter
 * @param {string} file
 */
function readReport(reporter, file) {
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return reporter === 'vitest'
    ? { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
    : { passed: report.stats.expected, failed: report.stats.unexpected + report.stats.flaky, skipped: report.stats.skipped };
}

/**
 * The file behind a package's command. Run by Node itself: `npx` would add a second, and its signals get lost there.
 * @param {string} program
 */
function findScript(program) {
  if (program.startsWith('tools/')) return join(root, program);
  const name = { tsc: 'typescript', playwright: '@playwright/test' }[program] ?? program;
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[program]);
}
