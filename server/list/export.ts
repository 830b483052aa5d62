import type { Say } from '../../words/say';
import type { Texts } from '../../words/texts';
import { words } from '../../words/words';

/** What a list can be exported as. */
export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const DEFAULT_FORMAT: ExportFormat = 'jsonl';

interface Format<Row> {
  /** Before the rows, in a language; null: the columns' stable names. */
  head(say: Say | null): string;
  line(row: Row): string;
}
export type Formats<Row> = Record<ExportFormat, Format<Row>>;

export const CONTENT_TYPES: Record<ExportFormat, string> = {
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

const SIGN = '[=+\\-@＝＋－＠]';
/** White space that some programs cut off before they look, and what nobody sees, such as a byte order mark. */
const UNSEEN = '[\\s\\p{Cc}\\p{Cf}]*';

/**
 * Spreadsheets run a cell that begins so as a formula; with an apostrophe before it, it is text. A machine chooses its
 * own name, so this would be its way onto the desk of whoever opens the file. Some take the full-width signs for the
 * narrow ones. A name that begins with a tab or the end of a line is nobody's: it is text, whatever follows.
 */
const FORMULA = new RegExp(`^(?:[\\t\\r\\n]|${UNSEEN}${SIGN})`, 'u');

/**
 * Quotes keep a cell whole in programs that split at commas. One that is set up for `;` or tabs, as spreadsheets are
 * where the comma is in the numbers, takes a quote for one only where its own cell begins, and so splits at a `;` in
 * what is quoted after a comma. What comes behind such a sign is the beginning of a cell there. JSON lines keep it as
 * it was.
 *
 * It looks back from what could begin a formula: between two of those each character is looked at once. Forward from
 * each separator it would take the square of their number, in a cell that a machine can fill with them.
 */
const FORMULA_WITHIN = new RegExp(`${SIGN}(?<=[;\\t\\r\\n]["'\\s\\p{Cc}\\p{Cf}]*${SIGN})`, 'gu');

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = text.replace(FORMULA_WITHIN, "'$&").replace(FORMULA, "'$&");
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Columns that there are words for. */
type Column = keyof Texts extends infer Key ? (Key extends `server.column.${infer Name}` ? Name : never) : never;

/** The formats of a list whose rows have these columns, in this order. */
export const formatsOf = <Row extends object>(columns: readonly (keyof Row & Column)[]): Formats<Row> => ({
  jsonl: {
    head: () => '',
    line: (row) => `${JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]])))}\n`,
  },
  // RFC 4180. Every cell is quoted, so that where one ends does not depend on what is in it.
  csv: {
    head: (say) => `${columns.map((name) => cell(say ? say(words(`server.column.${name}`)) : name)).join(',')}\r\n`,
    line: (row) => `${columns.map((name) => cell(row[name])).join(',')}\r\n`,
  },
});

/**
 * A list as the text of a file, piece by piece: a page is read when whoever takes the pieces has taken the one before.
 * @param say the language of the columns' names; null: the stable ones
 */
export async function* writeFile<Row>(
  pages: AsyncIterable<Row[]>,
  { head, line }: Format<Row>,
  say: Say | null,
): AsyncGenerator<string, void> {
  const first = head(say);
  if (first) yield first;
  for await (const rows of pages) if (rows.length > 0) yield rows.map(line).join('');
}
