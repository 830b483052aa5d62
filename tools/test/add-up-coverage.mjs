// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
// @ts-expect-error It comes without types.
import { mergeScriptCovs as mergeAny } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import { build } from 'esbuild';
import { parseAstAsync } from 'vite';
import { agentOptions } from '../build/builders.mjs';

/**
 * @typedef {{ line: number, column: number }} Place
 * @typedef {{ statementMap: Record<string, { start: Place }>, s: Record<string, number>, branchMap: Record<string, {
 * type: string, loc: { start: Place } }>, b: Record<string, number[]> }} FileCoverage As Istanbul writes it ("coverage
 * object" of its documentation), cut to what is read.
 *
 * @typedef {{ file: string, lines: Map<number, boolean>, branches: Map<string, boolean> }} Reached
 * Which lines with a statement, and which ways of a branch, were reached.
 *
 * @typedef {import('ast-v8-to-istanbul').Options['coverage']} ScriptCoverage
 */

/** Of the same script in several processes. @type {(those: ScriptCoverage[]) => ScriptCoverage | undefined} */
const mergeScripts = mergeAny;

/**
 * What several runs reached together. Only the first knows all that is there; of the others counts what it knows, too:
 * a bundle has its statements elsewhere where it was written anew.
 *
 * @param {Record<string, FileCoverage>} all by path
 * @param {Record<string, FileCoverage>[]} others
 * @returns {Reached[]} their files relative to the working directory
 */
export function addUp(all, others) {
  return Object.entries(all).map(([path, coverage]) => {
    const lines = linesOf(coverage);
    const branches = branchesOf(coverage);
    for (const other of others) {
      if (!other[path]) continue;
      for (const [line, isReached] of linesOf(other[path])) if (isReached && lines.has(line)) lines.set(line, true);
      for (const [branch, isReached] of branchesOf(other[path]))
        if (isReached && branches.has(branch)) branches.set(branch, true);
    }
    return { file: relative(process.cwd(), path), lines, branches };
  });
}

/** @param {FileCoverage} coverage @returns {Map<number, boolean>} */
function linesOf({ statementMap, s }) {
  /** @type {Map<number, boolean>} */
  const lines = new Map();
  for (const [id, { start }] of Object.entries(statementMap))
    lines.set(start.line, (lines.get(start.line) ?? false) || (s[id] ?? 0) > 0);
  return lines;
}

/** @param {FileCoverage} coverage @returns {Map<string, boolean>} */
function branchesOf({ branchMap, b }) {
  /** @type {Map<string, boolean>} */
  const branches = new Map();
  for (const [id, { type, loc }] of Object.entries(branchMap)) {
    for (const [way, count] of (b[id] ?? []).entries())
      branches.set(`${type} ${loc.start.line}:${loc.start.column} ${way}`, count > 0);
  }
  return branches;
}

/**
 * What the processes reached that wrote into the folder as Node's NODE_V8_COVERAGE tells them to, by sources.
 *
 * @param {string} folder
 * @returns {Promise<{ coverage: Record<string, FileCoverage>[], processes: number, unreadable: number }>}
 * `unreadable` counts those that were killed while they wrote
 */
export async function readProcesses(folder) {
  // Not the pages' code, which a server loads too: no room of theirs is counted here.
  const built = ['server', 'agent'].map((part) => `${pathToFileURL(join(process.cwd(), 'build', part)).href}/`);
  /** @type {Map<string, ScriptCoverage>} */
  const scripts = new Map();
  let unreadable = 0;
  const files = readdirSync(folder);
  for (const file of files) {
    /** @type {ScriptCoverage[]} */
    let result = [];
    try {
      ({ result } = /** @type {{ result: ScriptCoverage[] }} */ (JSON.parse(readFileSync(join(folder, file), 'utf8'))));
    } catch {
      unreadable++;
    }
    for (const script of result) {
      if (!built.some((folder) => script.url.startsWith(folder))) continue;
      const known = scripts.get(script.url);
      const merged = known ? mergeScripts([known, script]) : script;
      if (merged) scripts.set(script.url, merged);
    }
  }
  const coverage = [];
  for (const script of scripts.values()) coverage.push(await convertScript(script));
  return { coverage, processes: files.length - unreadable, unreadable };
}

/** @param {ScriptCoverage} script @returns {Promise<Record<string, FileCoverage>>} */
async function convertScript(script) {
  const file = fileURLToPath(script.url);
  const code = readFileSync(file, 'utf8');
  const map = /** @type {import('ast-v8-to-istanbul').Options['sourceMap']} */ (
    JSON.parse(await readSourceMap(file, code))
  );
  return /** @type {Record<string, FileCoverage>} */ (
    await convert({ code, sourceMap: map, coverage: script, ast: parseAstAsync(code) })
  );
}

/** The agent ships without one, so it is built again to have it. @param {string} file @param {string} code */
async function readSourceMap(file, code) {
  if (existsSync(`${file}.map`)) return readFileSync(`${file}.map`, 'utf8');
  const { outputFiles } = await build({ ...agentOptions, outfile: file, sourcemap: 'external', write: false });
  const [map, program] = outputFiles;
  if (program?.text !== code) throw new Error(`${file} is not what its sources make: run npm run build`);
  return /** @type {import('esbuild').OutputFile} */ (map).text;
}
