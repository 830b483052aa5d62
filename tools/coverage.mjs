// @ts-check
/**
 * `npm run coverage`: runs the unit tests and those of both databases, and says how many lines and branches of each
 * room they reach, in the tests' own processes and in the servers, commands and agents that they start from `build/`.
 * Fails when a test does, or when `server/` or `agent/` as a whole is under the wanted share. Journeys are not among
 * them. Arguments are vitest's: with `-- --project unit` it says what those tests reach alone.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkReady } from './check-ready.mjs';
import { makeTestFolder } from './test/make-test-folder.mjs';
import { runSuite } from './test/run-suite.mjs';

checkReady();
const { addUp, readProcesses } = await import('./test/add-up-coverage.mjs');

/** @typedef {import('./test/add-up-coverage.mjs').Reached} Reached */
/** @typedef {import('./test/add-up-coverage.mjs').FileCoverage} FileCoverage */

/** Of the lines, in percent: of `server/` and of `agent/`. A room that has less is marked, and so are its files. */
const WANTED = 90;

process.chdir(dirname(import.meta.dirname));
const folder = makeTestFolder();
process.env.TMPDIR = folder;
// What tests start is to write there what it reached (tools/test/testing-coverage.ts).
process.env.COVERAGE_OF_PROCESSES = join(folder, 'processes');
mkdirSync(process.env.COVERAGE_OF_PROCESSES);
// The server is built without what V8 has compiled of it (tools/build/builders.mjs), and the next time with it again.
const forgetServer = () => rmSync('build/server/stamp', { force: true });
forgetServer();
const interruption = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => interruption.abort());
try {
  const flags = [
    '--coverage.enabled',
    '--coverage.provider=v8',
    '--coverage.reporter=json',
    '--coverage.reportOnFailure',
  ];
  const where = [
    `--coverage.reportsDirectory=${join(folder, 'coverage')}`,
    '--coverage.include={server,agent,db}/**/*.ts',
    '--coverage.exclude=**/{*.test.ts,testing*.ts,drizzle.config.ts}',
  ];
  const command = ['vitest', 'run', '--allowOnly=false', ...flags, ...where, ...process.argv.slice(2)];
  const how = { report: join(folder, 'tests.json'), signal: interruption.signal, isAlone: true };
  const tests = await runSuite('tests', { command, reporter: 'vitest' }, how);
  const counted = join(folder, 'coverage/coverage-final.json');
  let isEnough = false;
  // A run that was broken off has none.
  if (existsSync(counted)) {
    const own = /** @type {Record<string, FileCoverage>} */ (JSON.parse(readFileSync(counted, 'utf8')));
    const { coverage, processes, unreadable } = await readProcesses(process.env.COVERAGE_OF_PROCESSES);
    isEnough = print(addUp(own, coverage));
    console.log(
      `\n${processes} processes that tests started are counted in; ${unreadable} were killed before they told all.`,
    );
  }
  if (tests.state !== 'passed') console.log(`The tests: ${tests.state}, ${tests.reason ?? `${tests.failed} of them`}.`);
  process.exitCode = tests.state === 'passed' && isEnough ? 0 : 1;
} finally {
  forgetServer();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {Reached[]} files @returns {boolean} whether both ends have what is wanted */
function print(files) {
  /** @param {string} place @param {Reached[]} those */
  const line = (place, those) => {
    const lines = percent(those.map(({ lines }) => lines));
    console.log(
      `${lines < WANTED ? '!' : ' '} ${place.padEnd(52)} ${lines.toFixed(1).padStart(6)} ${percent(
        those.map(({ branches }) => branches),
      )
        .toFixed(1)
        .padStart(9)}`,
    );
    return lines >= WANTED;
  };
  console.log(`\n  ${'%'.padEnd(52)}  lines  branches`);
  const rooms = new Set(files.map(({ file }) => dirname(file)).sort());
  for (const room of rooms) {
    const those = files.filter(({ file }) => dirname(file) === room);
    if (!line(`${room}/`, those))
      for (const one of those) if (percent([one.lines]) < WANTED) line(`  ${one.file}`, [one]);
  }
  console.log();
  line(
    'db/ as a whole',
    files.filter(({ file }) => file.startsWith('db/')),
  );
  return ['server/', 'agent/']
    .map((top) =>
      line(
        `${top} as a whole`,
        files.filter(({ file }) => file.startsWith(top)),
      ),
    )
    .every(Boolean);
}

/** How many of a hundred were reached. @param {Map<unknown, boolean>[]} places */
function percent(places) {
  const all = places.flatMap((some) => [...some.values()]);
  return all.length === 0 ? 100 : (100 * all.filter(Boolean).length) / all.length;
}
