import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from './project';
import { readCompiled } from './read-compiled';

const BUILT = join(projectRoot, 'build/server');
const [program = ''] = readdirSync(BUILT).filter((name) => name.endsWith('.cjs'));
const compiled = `${program}.${process.version}-${process.arch}`;

/** V8 itself runs such a thing, and then does something else or dies. */
const spoil = (byte: number, at: number) => (at % 1024 === 512 ? byte ^ 0xff : byte);

/** Within `build`, where its packages are found. */
const makeFolder = () => mkdtempSync(join(projectRoot, 'build/.server-'));

/** Of this Node, whichever has built. */
let made: string;
beforeAll(() => {
  made = makeFolder();
  for (const name of [program, 'sysmanage.js']) cpSync(join(BUILT, name), join(made, name));
  const compiler = join(projectRoot, 'tools/build/compile-program.mjs');
  execFileSync(process.execPath, [compiler, join(made, program)], { stdio: ['ignore', 'ignore', 'inherit'] });
});
afterAll(() => rmSync(made, { recursive: true }));

// `npm run coverage` builds without.
test.skipIf(process.env.COVERAGE_OF_PROCESSES)('the build has what V8 has compiled', () => {
  expect(readdirSync(BUILT).filter((name) => name.startsWith(`${program}.v`))).toHaveLength(1);
});

test('V8 takes what is read of what it has compiled', () => {
  const data = join(made, 'data');
  onTestFinished(() => rmSync(data));
  writeFileSync(data, readCompiled(join(made, compiled))!);
  // In a process of its own: another test may have set flags of this one's V8.
  const look = `
    const { readFileSync } = require('node:fs');
    const [source, cachedData] = process.argv.slice(1).map((file) => readFileSync(file));
    console.log(new (require('node:vm').Script)(source.toString(), { cachedData }).cachedDataRejected);`;
  expect(execFileSync(process.execPath, ['-e', look, join(made, program), data]).toString()).toBe('false\n');
});

test.each<[string, string[], (file: string) => void]>([
  ['is not there', [], (file) => rmSync(file)],
  ['is something else', [], (file) => writeFileSync(file, 'something else')],
  ['is cut off', [], (file) => truncateSync(file, 1_000_000)],
  ['has another byte in each kilobyte', [], (file) => writeFileSync(file, readFileSync(file).map(spoil))],
  ['is of other flags', ['--max-lazy'], () => undefined],
])('the program runs where that %s', (_, flags, change) => {
  const folder = makeFolder();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(made, folder, { recursive: true });
  const file = join(folder, compiled);
  change(file);
  if (flags.length === 0) expect(readCompiled(file)).toBeUndefined();
  const output = execFileSync(process.execPath, [...flags, join(folder, 'sysmanage.js'), 'serve', '--help']);
  expect(output.toString()).toContain('--no-local-agent');
});
