// @ts-check
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * SHA-256, in hex, of the names and the content of all files in the given files and folders. Tests do not count: they
 * go into no build.
 *
 * @param {string} root
 * @param {string[]} sources relative to `root`
 */
export async function hashSources(root, sources) {
  const hash = createHash('sha256');
  for (const file of (await Promise.all(sources.map((source) => filesOf(join(root, source))))).flat().sort()) {
    const content = await readFile(file);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.[^.]+$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
