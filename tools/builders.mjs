// @ts-check
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = dirname(import.meta.dirname);

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
}

/** One module; packages stay in node_modules. @param {string} into */
export async function buildServer(into) {
  await build({
    ...common,
    entryPoints: ['server/main.ts'],
    outfile: join(into, 'main.js'),
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    // React and Express have a slow, talkative self for development, which is what they load when this is not set.
    banner: { js: "process.env.NODE_ENV ??= 'production';" },
  });
}

/** A single file with everything in it, to be copied to a machine that has only Node. @param {string} into */
export async function buildAgent(into) {
  const outfile = join(into, 'sysmanage-agent.cjs');
  await build({ ...agentOptions, outfile });
  await chmod(outfile, 0o755);
}

/** @type {import('esbuild').BuildOptions} */
export const agentOptions = {
  ...common,
  entryPoints: ['agent/main.ts'],
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
};
