#!/usr/bin/env node
/**
 * What `build/server/sysmanage.js` is: it runs the program that lies beside it, with what V8 had compiled of it when it
 * was built. To compile it is a third of a start. V8 refuses what another version of itself has compiled, or itself
 * under other flags, and compiles anew. Whether a byte of it is another by now V8 does not look, hence the hash at the
 * end.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** Its file, named by its content: of the source V8 compares no more than the length. Put here by tools/builders.mjs. */
declare const PROGRAM: string;

type Program = (
  require: NodeJS.Require,
  file: string,
  directory: string,
  importModule: (address: string) => Promise<unknown>,
) => void;

const file = join(import.meta.dirname, PROGRAM);
const compiled = `${file}.${process.version}-${process.arch}`;
const HASH_BYTES = 32;

function readCompiled() {
  if (!existsSync(compiled)) return undefined;
  const kept = readFileSync(compiled);
  const data = kept.subarray(0, -HASH_BYTES);
  return createHash('sha256').update(data).digest().equals(kept.subarray(-HASH_BYTES)) ? data : undefined;
}

const script = new Script(readFileSync(file, 'utf8'), { filename: file, cachedData: readCompiled() });
const run = script.runInThisContext() as Program;
run(createRequire(file), file, import.meta.dirname, (address) => import(address));
