// @ts-check
// Old Node versions must be able to read this file, and nothing is installed yet: no new syntax, no packages.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST = { major: 20, minor: 19 };

/** Ends the process with one clear line where Node is too old or the packages are missing. */
export function checkReady() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    stop(`Node.js ${OLDEST.major}.${OLDEST.minor} or newer is needed; this is ${process.versions.node}.`);
  }
  if (!existsSync(fileURLToPath(new URL('../node_modules', import.meta.url)))) {
    stop('The packages are not installed: run `npm ci` first.');
  }
}

/** @param {string} reason */
function stop(reason) {
  console.error(reason);
  process.exit(1);
}
