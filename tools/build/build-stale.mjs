// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Builds what is stale, or ends the process with the reason. In a process of its own: what builders load and start
 * stays as long as the process that did it, which is the server's life. Where the packages for building were left out,
 * as on a server that runs a finished build, only a stale part is an error.
 *
 * @param {string[]} names
 */
export async function buildStale(...names) {
  const { build } = await import('./build-parts.mjs');
  // Nothing to build is the common case, and a process is half a second.
  if (!(await build({ names, onlyStale: true, onlyLook: true }))) return;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, '../build.mjs'), '--if-stale', ...names], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
