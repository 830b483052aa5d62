// @ts-check
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What is loaded when the file is: types leave no trace. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?!\s*type\s)(?:[^'"`;]*?\sfrom\s+)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/g;
const TEST = /\.test\.tsx?$/;
const ENDINGS = ['', '.ts', '.tsx', '.mjs', '.js', '/index.ts'];

/**
 * The test files that a change can break, the nearest first: those that were changed or are named after what was, those
 * of its room, those that load it, those that load what loads it, and so on.
 *
 * @param {string} root
 * @param {string[]} files all sources, relative to `root`
 * @param {string[]} changed some of them
 * @returns {string[]}
 */
export function findTests(root, files, changed) {
  const importers = findImporters(root, files);
  const known = changed.filter((file) => files.includes(file));
  const stems = known.map((file) => file.replace(/\.\w+$/, '.'));
  // A rule is tested through the router, which is how its test loads it.
  const named = files.filter((file) => TEST.test(file) && stems.some((stem) => file.startsWith(stem)));
  const found = new Set([...known, ...named]);
  // A set is walked in the order in which it grows.
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
  const tests = [...found].filter((file) => TEST.test(file));
  const rooms = new Set(known.map(roomOf));
  const rank = (/** @type {string} */ test) =>
    known.includes(test) || named.includes(test) ? 0 : rooms.has(roomOf(test)) ? 1 : 2;
  return tests.sort((one, other) => rank(one) - rank(other));
}

/** `server/hosts`: through the router everything is as far from everything. @param {string} file */
const roomOf = (file) => file.split('/').slice(0, 2).join('/');

/** Who loads a file. @param {string} root @param {string[]} files @returns {Map<string, string[]>} */
function findImporters(root, files) {
  const known = new Set(files);
  /** @type {Map<string, string[]>} */
  const importers = new Map();
  for (const file of files) {
    for (const [, plain, dynamic] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const path = join(dirname(file), /** @type {string} */ (plain ?? dynamic));
      const imported = ENDINGS.map((ending) => path + ending).find((candidate) => known.has(candidate));
      if (imported) importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  return importers;
}
