/** Right-to-left scripts, and the invisible characters that set a direction (Unicode Standard Annex 9). */
const DIRECTED = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * A text that goes into a sentence, a title or a name, with a direction of its own: what it sets ends where it ends.
 * For strings; in a page `<bdi>` does the same. A text without any direction in it comes back as it is.
 */
export function isolate(text: string): string {
  if (!DIRECTED.test(text)) return text;
  // Isolates of its own could close ours.
  return `\u2068${text.replace(/[\u2066-\u2069]/g, '')}\u2069`;
}
