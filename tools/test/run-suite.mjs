// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ command: string[], reporter?: 'vitest' | 'playwright', needs?: string, isSingle?: boolean }} Suite
 * `command` starts with a package whose command it is, or with a script of ours; `isSingle`: it keeps no more than one
 * processor busy.
 *
 * @typedef {{ state: 'passed' | 'failed' | 'not run', reason?: string, seconds: number, passed: number, failed: number,
 * skipped: number, left?: string[], unstable?: string[], broken?: string[] }} Outcome `failed` holds no more than the
 * tests that failed; the reason says what else did. `left` names those that were skipped, `unstable` those of the
 * passed ones that needed a second try, `broken` those that failed.
 *
 * @typedef {Omit<Outcome, 'state' | 'reason' | 'seconds'>} Counts
 *
 * @typedef {{ title: string, file: string, tests: { status: string }[] }} PlaywrightSpec
 * @typedef {{ specs?: PlaywrightSpec[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, suites:
 * PlaywrightSuite[] }} PlaywrightReport
 */

const root = join(import.meta.dirname, '../..');
/** A suite that hangs must not hold a build machine until its own limit. */
const LIMIT_MS = 20 * 60_000;

/**
 * Runs a suite and counts its tests from the runner's own report.
 *
 * @param {string} name
 * @param {Suite} suite
 * @param {{ report: string, signal: AbortSignal, isAlone: boolean }} how `report`: where the runner is to write its
 * JSON; `signal` ends it early; `isAlone`: its output is passed through as it comes, else at its end
 * @returns {Promise<Outcome>}
 */
export async function runSuite(name, suite, { report, signal, isAlone }) {
  const start = performance.now();
  const [program = '', ...args] = suite.command;
  if (suite.reporter === 'vitest') {
    args.push('--reporter=default', '--reporter=./tools/test/report-tests.mjs');
    // As journeys have it: whatever needed a second try is named.
    if (process.env.CI) args.push('--retry=1');
  }
  if (suite.reporter === 'playwright') args.push('--reporter=list,json');
  const child = spawn(process.execPath, [findScript(program), ...args], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TEST_REPORT: report,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
    },
    timeout: LIMIT_MS,
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  let output = '';
  /** @type {(() => void)[]} */
  const held = [() => console.log(`\n━━ ${name}`)];
  for (const [from, to] of /** @type {const} */ ([
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])) {
    from.on('data', (/** @type {Buffer} */ chunk) => {
      held.push(() => to.write(chunk));
      if (isAlone) release();
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  const release = () => held.splice(0).forEach((show) => show());
  const [code, killedBy] = /** @type {[number | null, NodeJS.Signals | null]} */ (await once(child, 'close'));
  signal.removeEventListener('abort', stop);
  release();
  const ending = { hasTests: Boolean(suite.reporter), code, killedBy, output };
  return {
    ...judge(ending, suite.reporter && readReport(suite.reporter, report)),
    seconds: (performance.now() - start) / 1000,
  };
}

/**
 * @param {{ hasTests: boolean, code: number | null, killedBy: NodeJS.Signals | null, output: string }} ending
 * @param {Counts} [counts] undefined when there is no report
 * @returns {Omit<Outcome, 'seconds'>}
 */
export function judge({ hasTests, code, killedBy, output }, counts = { passed: 0, failed: 0, skipped: 0 }) {
  // A runner that finds no test at all may well be content with that. We are not.
  if (hasTests && counts.passed + counts.failed === 0)
    return { state: 'not run', reason: findReason(output), ...counts };
  if (counts.failed > 0) return { state: 'failed', ...counts };
  if (code === 0) return { state: 'passed', ...counts };
  return { state: 'failed', reason: killedBy ? `ended by ${killedBy}` : `exit code ${code}`, ...counts };
}

/** The last error that was printed, else the last line. @param {string} output */
function findReason(output) {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'no test ran';
}

/**
 * @param {'vitest' | 'playwright'} reporter
 * @param {string} file
 * @returns {Counts | undefined}
 */
function readReport(reporter, file) {
  if (!existsSync(file)) return undefined;
  const report = /** @type {Counts & PlaywrightReport} */ (JSON.parse(readFileSync(file, 'utf8')));
  return reporter === 'vitest' ? report : countJourneys(report);
}

/** @param {PlaywrightReport} report */
export function countJourneys({ stats, suites }) {
  /** @type {(suite: PlaywrightSuite) => PlaywrightSpec[]} */
  const specsIn = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsIn)];
  const specs = suites.flatMap(specsIn);
  const named = (/** @type {string} */ wanted) =>
    specs
      .filter(({ tests }) => tests.some(({ status }) => status === wanted))
      .map(({ file, title }) => `${file}: ${title}`);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    unstable: named('flaky'),
    broken: named('unexpected'),
  };
}

/**
 * The file behind a package's command. Run by Node itself: `npx` would add a second, and its signals get lost there.
 * @param {string} program
 */
function findScript(program) {
  if (program.startsWith('tools/')) return join(root, program);
  const name = { tsc: 'typescript', playwright: '@playwright/test' }[program] ?? program;
  // Not by `resolve`: some packages show their manifest to nobody.
  const manifest = join(root, 'node_modules', name, 'package.json');
  const { bin } = /** @type {{ bin: string | Record<string, string> }} */ (JSON.parse(readFileSync(manifest, 'utf8')));
  const file = typeof bin === 'string' ? bin : bin[program];
  // A folder would be run as a program that does nothing, and passes.
  if (!file) throw new Error(`${manifest} names no program ${program}`);
  return join(dirname(manifest), file);
}
