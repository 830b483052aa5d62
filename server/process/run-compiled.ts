#!/usr/bin/env node
/**
 * What `build/server/sysmanage.js` is: it runs the program that lies beside it, with what V8 had compiled of it when it
 * was built. To compile it is a third of a start. V8 refuses what another version of itself has compiled, or itself
 * under other flags, and compiles anew. Whether a byte of it is another by now V8 does not look, hence the hash at the
 * end.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { readCompiled } from './read-compiled';

/** Its file, named by its content: of the source V8 compares no more than the length. By tools/build/builders.mjs. */
declare const PROGRAM: string;

type Program = (
  require: NodeJS.Require,
  file: string,
  directory: string,
  importModule: (address: string) => Promise<unknown>,
) => void;

const file = join(import.meta.dirname, PROGRAM);
const script = new Script(readFileSync(file, 'utf8'), {
  filename: file,
  cachedData: readCompiled(`${file}.${process.version}-${process.arch}`),
});
const run = script.runInThisContext() as Program;
run(createRequire(file), file, import.meta.dirname, (address) => import(address));
