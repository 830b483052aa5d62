import type { listRecords } from './list-records';

type ListedRecord = Awaited<ReturnType<typeof listRecords>>['records'][number];

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const DEFAULT_FORMAT: ExportFormat = 'jsonl';

interface Format {
  contentType: string;
  head: string;
  line(record: ListedRecord): string;
}

const COLUMNS = [
  'sequence',
  'at',
  'actorKind',
  'actorId',
  'actorLabel',
  'action',
  'objectKind',
  'objectId',
  'objectLabel',
  'address',
  'requestId',
  'outcome',
  'code',
  'before',
  'after',
  'id',
] as const satisfies (keyof ListedRecord)[];

const SIGN = '[=+\\-@＝＋－＠]';
/** White space that some programs cut off before they look, and what nobody sees, such as a byte order mark. */
const UNSEEN = '[\\s\\p{Cc}\\p{Cf}]*';

/**
 * Spreadsheets run a cell that begins so as a formula; with an apostrophe before it, it is text. A machine chooses its own
 * name, so this would be its way onto the desk of whoever opens the file. Some take the full-width signs for the narrow
 * ones. A name that begins with a tab or the end of a line is nobody's: it is text, whatever follows.
 */
const FORMULA = new RegExp(`^(?:[\\t\\r\\n]|${UNSEEN}${SIGN})`, 'u');

/**
 * Quotes keep a cell whole in programs that split at commas. One that is set up for `;` or tabs, as spreadsheets are where
 * the comma is in the numbers, takes a quote for one only where its own cell begins, and so splits at a `;` in what is
 * quoted after a comma. What comes behind such a sign is the beginning of a cell there. JSON lines keep it as it was.
 */
const FORMULA_WITHIN = new RegExp(`([;\\t\\r\\n]["']*${UNSEEN}["']*)(?=${SIGN})`, 'gu');

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = text.replace(FORMULA_WITHIN, "$1'").replace(FORMULA, "'$&");
  return `"${safe.replaceAll('"', '""')}"`;
}

export const FORMATS: Record<ExportFormat, Format> = {
  jsonl: {
    contentType: 'application/jsonl; charset=utf-8',
    head: '',
    line: (record) => `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, record[name]])))}\n`,
  },
  // RFC 4180. Every cell is quoted, so that where one ends does not depend on what is in it.
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: `${COLUMNS.map(cell).join(',')}\r\n`,
    line: (record) => `${COLUMNS.map((name) => cell(record[name])).join(',')}\r\n`,
  },
};
