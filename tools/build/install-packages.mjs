// @ts-check
/** `node tools/build/install-packages.mjs FOLDER` prints how many bytes it has copied there. */
import { constants, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../..');

/**
 * Copies what `npm ci --omit=dev` would install, by the lock file, out of our own node_modules: npm itself takes a
 * minute for it, and a network. What is meant for other systems is in nobody's node_modules.
 *
 * @param {string} into the folder that gets a node_modules
 * @returns {number} bytes
 */
export function installPackages(into) {
  /** @type {{ packages: Record<string, { dev?: boolean, devOptional?: boolean }> }} */
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  let bytes = 0;
  /** @param {string} path */
  const copy = (path) => {
    mkdirSync(join(into, path), { recursive: true });
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const name = join(path, entry.name);
      // Packages within a package are in the lock file by themselves.
      if (entry.isDirectory() && entry.name !== 'node_modules') copy(name);
      if (!entry.isFile()) continue;
      bytes += statSync(join(root, name)).size;
      copyFileSync(join(root, name), join(into, name), constants.COPYFILE_FICLONE);
    }
  };
  for (const [path, { dev, devOptional }] of Object.entries(packages))
    if (path && !dev && !devOptional && statSync(join(root, path), { throwIfNoEntry: false })) copy(path);
  return bytes;
}

const [, program, into] = process.argv;
if (program === fileURLToPath(import.meta.url) && into) process.stdout.write(String(installPackages(into)));
