// @ts-check
/**
 * `npm run package -- [--version VERSION] [--compression xz|none] [FOLDER]`: the Debian packages of the server and of
 * the agent, in build/packages or there. Prints their files, the server's first.
 */
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkReady } from './check-ready.mjs';

checkReady();
const { build } = await import('./build/build-parts.mjs');
const { makePackages } = await import('./build/make-packages.mjs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { version: { type: 'string' }, compression: { type: 'string', default: 'xz' } },
});
const [into = join(dirname(import.meta.dirname), 'build/packages')] = positionals;
await build({ onlyStale: true });
for (const file of await makePackages(resolve(into), values)) console.log(file);
