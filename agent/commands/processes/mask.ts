const STARS = Buffer.from('********');

/** What is shorter is not masked: it would be found everywhere. */
const LEAST = 4;

/**
 * Puts stars in place of secrets in a stream of bytes, also of one that comes in two pieces. What could be the
 * beginning of one is held back until more comes, or the end.
 */
export function createMask(secrets: readonly string[]) {
  const hidden = [...new Set(secrets)]
    .filter(({ length }) => length >= LEAST)
    .map((secret) => Buffer.from(secret))
    // The longest first: one may be the beginning of another.
    .sort((a, b) => b.length - a.length);
  let held: Buffer = Buffer.alloc(0);

  return {
    next(bytes: Buffer): Buffer {
      if (hidden.length === 0) return bytes;
      const text = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
      const shown: Buffer[] = [];
      let from = 0;
      for (let found; (found = first(text, from));) {
        shown.push(text.subarray(from, found.at), STARS);
        from = found.at + found.length;
      }
      const keep = unfinished(text.subarray(from));
      held = Buffer.from(text.subarray(text.length - keep));
      shown.push(text.subarray(from, text.length - keep));
      return Buffer.concat(shown);
    },
    rest(): Buffer {
      const rest = held;
      held = Buffer.alloc(0);
      return rest;
    },
  };

  function first(text: Buffer, from: number): { at: number; length: number } | null {
    let best: { at: number; length: number } | null = null;
    for (const secret of hidden) {
      const at = text.indexOf(secret, from);
      if (at >= 0 && (!best || at < best.at)) best = { at, length: secret.length };
    }
    return best;
  }

  /** How many bytes at the end could be the beginning of a secret. */
  function unfinished(text: Buffer): number {
    for (let length = Math.min(text.length, hidden[0]!.length - 1); length > 0; length--) {
      const end = text.subarray(text.length - length);
      if (hidden.some((secret) => secret.length > length && secret.subarray(0, length).equals(end))) return length;
    }
    return 0;
  }
}
