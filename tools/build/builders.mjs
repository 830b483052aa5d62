// @ts-check
import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { packLanguages, readCommandWords } from '../words.mjs';

export { writeBill as buildBill } from './bill-of-materials.mjs';

const root = join(import.meta.dirname, '../..');

/** @type {import('esbuild').BuildOptions} */
const common = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20.19', logLevel: 'error' };

/** The pages, by Remix and Vite. @param {string} into */
export async function buildApp(into) {
  const remix = join(dirname(createRequire(import.meta.url).resolve('@remix-run/dev/package.json')), 'dist/cli.js');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, NODE_ENV: 'production', BUILD_DIRECTORY: relative(root, into) };
  try {
    await promisify(execFile)(process.execPath, [remix, 'vite:build', '--logLevel', 'warn'], { cwd: root, env });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`the pages could not be built:\n${stdout}${stderr}`, { cause: error });
  }
  await compressFiles(join(into, 'client'));
}

/** Below this, a copy spares next to nothing. A page loads some twenty scripts that are not much larger. */
const MIN_BYTES = 256;

/**
 * Lays two compressed copies beside each file of text, for server/http/serve-files.ts: `.br` by Brotli, which browsers
 * accept over HTTPS and on this machine, and `.gz`. As small as each can make it, since nobody waits for it.
 *
 * @param {string} folder
 */
async function compressFiles(folder) {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((name) => /\.(js|css|json|svg)$/.test(name))) {
    const path = join(folder, name);
    const content = await readFile(path);
    if (content.length < MIN_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }));
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}

/**
 * What stays a package when the server is built: what reads files of its own, is machine code, mere data or starts a
 * thread, what the pages share with the server, and what only development loads. All else is bundled: finding and
 * loading 550 files took half of a start.
 */
const PACKAGES = [
  '@electric-sql/pglite',
  '@node-rs/argon2',
  '@remix-run/*',
  '@zxcvbn-ts/language-common',
  'pg-native',
  'pino',
  'pino-pretty',
  'swagger-ui-dist',
  'vite',
];

/**
 * `sysmanage.js`, the program that it runs, and what V8 has compiled of it (server/process/run-compiled.ts).
 * @param {string} into
 */
export async function buildServer(into) {
  // React and Express have a slow, talkative self for development, which is what they load when this is not set.
  const first = `(function (require, __filename, __dirname, IMPORT) { process.env.NODE_ENV ??= 'production';`;
  const { outputFiles } = await build({
    ...common,
    entryPoints: { program: 'server/sysmanage.ts' },
    outdir: into,
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // What V8 has compiled before cannot import (server/process/import-file.ts).
    supported: { 'dynamic-import': false },
    external: PACKAGES,
    sourcemap: true,
    banner: { js: first },
    footer: { js: '})' },
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.url': '__filename',
      PACKED_LANGUAGES: JSON.stringify(packLanguages(() => true)),
    },
    write: false,
  });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const program = /** @type {string} */ (
    outputFiles.map(({ path }) => basename(path)).find((name) => name.endsWith('.cjs'))
  );
  const start = join(into, 'sysmanage.js');
  await build({
    ...common,
    entryPoints: ['server/process/run-compiled.ts'],
    outfile: start,
    format: 'esm',
    sourcemap: true,
    define: { PROGRAM: JSON.stringify(program) },
  });
  await chmod(start, 0o755);
  // Functions that V8 has compiled before are counted as a whole, and not by their branches.
  if (process.env.COVERAGE_OF_PROCESSES) return;
  const compiler = join(import.meta.dirname, 'compile-program.mjs');
  await promisify(execFile)(process.execPath, [compiler, join(into, program)]);
}

/** A single file with everything in it, to be copied to a machine that has only Node. @param {string} into */
export async function buildAgent(into) {
  const outfile = join(into, 'sysmanage-agent.cjs');
  await build({ ...agentOptions, outfile });
  await chmod(outfile, 0o755);
}

/** What the server says is not the agent's. @param {string} key */
const isOfAgent = (key) => !key.startsWith('server.');

/** @type {import('esbuild').BuildOptions} */
export const agentOptions = {
  ...common,
  entryPoints: ['agent/main.ts'],
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  define: { PACKED_LANGUAGES: JSON.stringify(packLanguages(isOfAgent)) },
  plugins: [
    {
      name: 'words of the agent',
      setup({ onLoad }) {
        onLoad({ filter: /[\\/]words[\\/]en\.json$/ }, () => {
          const own = [...readCommandWords('en')].filter(([key]) => isOfAgent(key));
          return { contents: JSON.stringify(Object.fromEntries(own)), loader: 'json' };
        });
      },
    },
  ],
};
