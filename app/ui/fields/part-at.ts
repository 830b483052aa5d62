/** Commas as Latin, Arabic and CJK keyboards have them. */
const COMMAS = /[,،、，]/;

/** Where in a text with commas the part begins and ends that the caret stands in, without the space around it. */
export function partAt(text: string, caret: number): { from: number; to: number } {
  const before = text.slice(0, caret);
  const rest = text.slice(caret).split(COMMAS, 1)[0]!;
  const begun = before.split(COMMAS).at(-1)!;
  const from = caret - begun.trimStart().length;
  return { from, to: Math.max(from, caret + rest.trimEnd().length) };
}

/** The parts of such a text. */
export const partsOf = (text: string): string[] =>
  text
    .split(COMMAS)
    .map((part) => part.trim())
    .filter(Boolean);

/** The text with a part in the place of the one that the caret stands in, ready for another one behind the last. */
export function withPartAt(text: string, caret: number, part: string): string {
  const { from, to } = partAt(text, caret);
  const rest = text.slice(to);
  return text.slice(0, from) + part + (rest.trim() === '' ? ', ' : rest);
}
