/** What takes two columns of a terminal (Unicode Standard Annex 11): kana, Han, Hangul and their signs. */
const WIDE =
  '\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uff60';
const IS_WIDE = new RegExp(`[${WIDE}]`);
/** What takes none: marks on the character before, and what sets a direction. */
const IS_NARROW = /[\p{Mn}\p{Cf}]/u;

/** What no line begins with. */
const CLOSING = '、。，．：；！？）」』】';
/** Parts that are never broken: Chinese and Japanese break anywhere, all others where there is a space. */
const PARTS = new RegExp(`[${WIDE}][${CLOSING}]*|[^\\s${WIDE}]+[${CLOSING}]*|\\s+`, 'g');

/** How many columns of a terminal a text takes. */
export const columnsOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (IS_WIDE.test(character) ? 2 : IS_NARROW.test(character) ? 0 : 1), 0);

/** The text in lines of at most so many columns; one without a place to break stands alone on a longer one. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(PARTS) ?? []) {
    if (line !== '' && columnsOf(line + part) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line = (line + part).trimStart();
  }
  return [...lines, line.trimEnd()];
}
