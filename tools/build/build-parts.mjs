// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSources } from './hash-sources.mjs';

const root = join(import.meta.dirname, '../..');
/** What makes the words of pages into files. */
const words = ['tools/words.mjs', 'tools/word-files.ts', 'tools/word-groups.mjs'];

const shared = ['package.json', 'package-lock.json', 'tsconfig.json', 'tools/build/builders.mjs'];

/**
 * What is built, where it lies in `build/`, and all that goes into it.
 * @type {Record<string, { sources: string[], builder: 'buildApp' | 'buildServer' | 'buildAgent' | 'buildBill' }>}
 */
const parts = {
  // `server` gives the pages types only, which leave no trace in the build.
  app: {
    sources: [...shared, 'app', 'public', 'words/isolate.ts', 'remix.config.js', 'vite.config.ts', ...words],
    builder: 'buildApp',
  },
  server: { sources: [...shared, 'server', 'agent', 'db', 'words', 'tools/words.mjs'], builder: 'buildServer' },
  agent: { sources: [...shared, 'agent', 'words', 'tools/words.mjs'], builder: 'buildAgent' },
  // What we ship of others; the pages' sources say which packages of development are in them.
  bill: { sources: [...shared, 'tools/build/bill-of-materials.mjs', 'app'], builder: 'buildBill' },
};

/**
 * Builds the parts named, or all. A part is fresh when the hash kept with it is that of its sources; times of files
 * are not looked at, because `git checkout` and copying change them.
 *
 * @param {{ names?: string[], onlyStale?: boolean, onlyLook?: boolean }} [options]
 * @returns {Promise<boolean>} whether there was something to build, which `onlyLook` leaves as it is
 * @throws Error with the builder's output when a part cannot be built; the old one is then still in place
 */
export async function build({ names = [], onlyStale = false, onlyLook = false } = {}) {
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  let isStale = false;
  for (const [name, { sources, builder }] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const hash = await hashSources(root, sources);
    if (onlyStale && (await isFresh(name, hash))) continue;
    isStale = true;
    if (onlyLook) break;
    const start = performance.now();
    process.stdout.write(`Building ${name}… `);
    // Loaded only now: a finished build starts without the packages that builders need.
    const builders = await import('./builders.mjs');
    await buildPart(name, hash, builders[builder]);
    process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
  return isStale;
}

/**
 * Builds beside the old one and changes places at the end, so that neither a failure nor a second build at the same
 * time leaves half of each.
 *
 * @param {string} name
 * @param {string} hash
 * @param {(into: string) => Promise<void>} run
 */
async function buildPart(name, hash, run) {
  const unique = randomBytes(4).toString('hex');
  const fresh = join(root, 'build', `.${name}-${unique}`);
  const old = join(root, 'build', `.${name}-${unique}-old`);
  try {
    await mkdir(fresh, { recursive: true });
    await run(fresh);
    await writeFile(join(fresh, 'stamp'), hash);
    for (;;) {
      await moveAway(join(root, 'build', name), old);
      try {
        return await rename(fresh, join(root, 'build', name));
      } catch (error) {
        // Another build of the same sources was faster in this instant: its result goes, ours comes.
        if (!isCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
        await rm(old, { recursive: true, force: true });
      }
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** @param {string} name @param {string} hash */
async function isFresh(name, hash) {
  const stamp = join(root, 'build', name, 'stamp');
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash;
}

/** @param {string} from @param {string} to */
async function moveAway(from, to) {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** @param {unknown} error @param {string[]} codes */
function isCode(error, ...codes) {
  return codes.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '');
}
