/** Looks of a minute each, five times over: what is gone again by then was a container's, or a cable that was tried. */
const LOOKS = 5;

/**
 * What `read` names, without the names that have just appeared: a network that comes and goes must not become a new
 * certificate with every turn. What the first look names counts at once.
 */
export function steadyNames(read: () => string[], looks = LOOKS): () => string[] {
  let known: Set<string> | undefined;
  const seen = new Map<string, number>();
  return () => {
    const now = read();
    known ??= new Set(now);
    for (const name of seen.keys()) if (!now.includes(name)) seen.delete(name);
    for (const name of now) {
      seen.set(name, (seen.get(name) ?? 0) + 1);
      if (seen.get(name)! >= looks) known.add(name);
    }
    return now.filter((name) => known!.has(name));
  };
}
