// @ts-check
/**
 * `node tools/build/compile-program.mjs FILE` lays beside the server's program what V8 has compiled of it by
 * the time that all of it is loaded, for server/process/run-compiled.ts. The last 32 bytes are the SHA-256 of all
 * before them.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { Script } from 'node:vm';

const file = /** @type {string} */ (process.argv[2]);
// Where it was compiled is what V8 names in the traces of errors: a file's place is another by the time it runs.
const script = new Script(readFileSync(file, 'utf8'), { filename: basename(file) });
process.argv.splice(2, Infinity, 'serve', '--help');
process.on('exit', () => {
  const data = script.createCachedData();
  const compiled = `${file}.${process.version}-${process.arch}`;
  writeFileSync(`${compiled}.new`, Buffer.concat([data, createHash('sha256').update(data).digest()]));
  renameSync(`${compiled}.new`, compiled);
});
const run = /** @type {(require: NodeJS.Require, file: string, directory: string) => void} */ (
  script.runInThisContext()
);
run(createRequire(file), file, dirname(file));
