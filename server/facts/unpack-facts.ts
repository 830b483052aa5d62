import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type factReport, type Facts, facts, factsText, MAX_FACTS_BYTES, MOST_FACTS } from '../../agent/protocol';
import type { z } from 'zod';
import { AppError } from '../errors';
import { softwareOf } from './write-software';

const decompress = promisify(gunzip);

/** As both ends compute it of a section's facts, and of the hashes of all sections. */
export const hashFacts = (of: Parameters<typeof factsText>[0]) =>
  createHash('sha256').update(factsText(of)).digest('base64url');

/** Most bytes of a package's name and one of its versions: they are a row of an index, which takes 2,704. */
const MOST_NAME_BYTES = 2000;

/**
 * Of one package on one machine: keys and kernels stay beside each other by the dozen. Each is counted for who looks
 * for it.
 */
const MOST_VERSIONS_OF_ONE = 250;

/**
 * The facts that a machine packed, once they are seen to be what their hash says. What unpacks to more than the wire's
 * bound is not unpacked. Throws `facts.invalid`.
 */
export async function unpackFacts({ section, hash, content }: z.infer<typeof factReport>): Promise<Facts> {
  const found = facts.safeParse(await readJson(Buffer.from(content, 'base64')));
  if (!found.success || Object.keys(found.data).length > MOST_FACTS || hashFacts(found.data) !== hash)
    throw new AppError('facts.invalid');
  if (section === 'packages' && !isSoftware(found.data)) throw new AppError('facts.invalid');
  return found.data;
}

/** Whether it is what machines have installed: not too much, and each in few enough bytes to be found by them. */
function isSoftware(packages: Facts): boolean {
  let count = 0;
  let ofOne = 0;
  let last: string | undefined;
  for (const { name, version } of softwareOf(packages)) {
    ofOne = name === last ? ofOne + 1 : 1;
    last = name;
    if (++count > MOST_FACTS || ofOne > MOST_VERSIONS_OF_ONE) return false;
    if (Buffer.byteLength(name + version) > MOST_NAME_BYTES) return false;
  }
  return true;
}

async function readJson(packed: Buffer): Promise<unknown> {
  try {
    return JSON.parse((await decompress(packed, { maxOutputLength: MAX_FACTS_BYTES })).toString('utf8'));
  } catch {
    // Not gzip, too large, cut off, or no JSON: all of them are the machine's fault, and told it as one.
    throw new AppError('facts.invalid');
  }
}
