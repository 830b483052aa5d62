/** What agents say of themselves that pages show: the server keeps it as keys of these. */
const SAID = /^(agent\.(configuration|connection|run)|common\.input)\./;

interface Tree {
  [part: string]: string | Tree;
}

/** The texts for it, of all of a language's, by the parts of their keys: as pages have theirs. */
export function machineWords(texts: Readonly<Record<string, string>>): Tree {
  const words: Tree = {};
  for (const [key, text] of Object.entries(texts)) {
    if (!SAID.test(key)) continue;
    const parts = key.split('.');
    const last = parts.pop()!;
    let at = words;
    for (const part of parts) at = (at[part] ??= {}) as Tree;
    at[last] = text;
  }
  return words;
}
