import type { Facts } from '../../protocol';
import { readDisks } from '../disks';

/** What is mounted where, and how large it is. How full it is belongs to the measurements. */
export async function readStorage(): Promise<Facts> {
  const facts: Facts = {};
  for (const { mount, filesystem, totalBytes, isReadOnly } of await readDisks()) {
    // As a fact's name has it, and the longest mount points are longer.
    const name = mount.slice(0, 250);
    facts[`${name}.filesystem`] = filesystem;
    facts[`${name}.bytes`] = totalBytes;
    if (isReadOnly) facts[`${name}.read_only`] = true;
  }
  return facts;
}
