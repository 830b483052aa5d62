import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** SHA-256: tools/build/compile-program.mjs lays it at the end. */
const HASH_BYTES = 32;

/** What V8 has compiled, as it was written; undefined where it is not there or where a byte of it is another by now. */
export function readCompiled(file: string): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  const kept = readFileSync(file);
  const data = kept.subarray(0, -HASH_BYTES);
  return createHash('sha256').update(data).digest().equals(kept.subarray(-HASH_BYTES)) ? data : undefined;
}
