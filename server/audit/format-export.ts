import type { listRecords } from './list-records';

type ListedRecord = Awaited<ReturnType<typeof listRecords>>['records'][number];

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

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

export const FORMATS: Record<ExportFormat, Format> = {
  jsonl: {
    contentType: 'application/jsonl; charset=utf-8',
    head: '',
    line: (record) => `${JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, record[name]])))}\n`,
  },
  // RFC 4180.
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    head: `${COLUMNS.join(',')}\r\n`,
    line: (record) => `${COLUMNS.map((name) => cell(record[name])).join(',')}\r\n`,
  },
};

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Spreadsheets run a cell that begins like this as a formula; with an apostrophe before it, it is text. A machine
  // chooses its own name, so this would be its way onto the desk of whoever opens the file.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
