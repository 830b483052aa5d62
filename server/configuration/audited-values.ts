import { isDeepStrictEqual } from 'node:util';
import { type Configuration, type Leaf, leavesOf, withoutSecrets } from '../../agent/configuration/schema';

type Pair = [key: string, value: Leaf];

/** A record holds 8 KiB of JSON: of it so much for values, and the rest for what somebody says of the change. */
const MOST = 4000;

/**
 * What differs between two documents, without its secrets, as what the records of one change hold. A list that is too
 * long for one goes on in the next.
 */
export function auditedValues(before: Configuration, after: Configuration): { before: Pair[]; after: Pair[] }[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  const changed = (key: string) => !isDeepStrictEqual(was.get(key), is.get(key));
  const shown = (document: Configuration) => [...leavesOf(withoutSecrets(document))].filter(([key]) => changed(key));
  const [former, next] = [inRecords(shown(before)), inRecords(shown(after))];
  return Array.from({ length: Math.max(1, former.length, next.length) }, (_, at) => ({
    before: former[at] ?? [],
    after: next[at] ?? [],
  }));
}

function inRecords(pairs: Pair[]): Pair[][] {
  const parts: Pair[][] = [];
  let length = Infinity;
  for (const [key, value] of pairs) {
    for (const piece of typeof value === 'object' && value.length > 0 ? value.map((item) => [item]) : [value]) {
      const size = JSON.stringify([key, piece]).length;
      if (length + size > MOST) {
        parts.push([]);
        length = 0;
      }
      length += size;
      const part = parts.at(-1)!;
      const last = part.at(-1);
      if (last?.[0] === key && typeof piece === 'object') last[1] = [...(last[1] as readonly string[]), ...piece];
      else part.push([key, piece]);
    }
  }
  return parts;
}
