import { expect, test } from 'vitest';
import { RECORD_FORMATS as FORMATS } from '../audit/export-records';

type ListedRecord = Parameters<typeof FORMATS.csv.line>[0];

const record = (objectLabel: string, after: unknown = null): ListedRecord => ({
  sequence: 7,
  id: '01890000-0000-7000-8000-000000000000',
  at: '2026-01-31T12:00:00.000Z',
  actorKind: 'person',
  actorId: null,
  actorLabel: 'ann@example.com',
  action: 'host.approve',
  objectKind: 'host',
  objectId: null,
  objectLabel,
  address: '192.0.2.7',
  requestId: null,
  outcome: 'done',
  code: null,
  before: null,
  after,
});

/**
 * Cells as RFC 4180 has them, or as a program does that splits at another sign: quotes count at the beginning of a
 * cell.
 */
function readCsv(text: string, separator = ','): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted, isFresh] = [[] as string[], '', false, true];
  const endCell = () => {
    row.push(cell);
    [cell, isFresh] = ['', true];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (sign === '"' && isFresh) {
      [isQuoted, isFresh] = [true, false];
    } else if (sign === separator) {
      endCell();
    } else if (sign === '\r' && text[i + 1] === '\n') {
      i++;
      endCell();
      rows.push(row);
      row = [];
    } else {
      cell += sign;
      isFresh = false;
    }
  }
  expect(isQuoted || row.length > 0 || cell !== '', 'the file ends with its last row').toBe(false);
  return rows;
}

const LABEL = 8;
const SIGNS = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/** Whether a spreadsheet may run it, however generously it reads. */
const isFormula = (cell: string) => SIGNS.includes(cell.replace(/^[\s"\p{Cc}\p{Cf}]+/u, '')[0] ?? '');

const HOSTILE = SIGNS.flatMap((sign) => [
  `${sign}1+1`,
  ` ${sign}1`,
  `\u00a0\u3000${sign}1`,
  `\ufeff${sign}1`,
  `\u200b ${sign}1`,
  `\t${sign}1`,
  `\r${sign}1`,
  `\n${sign}1`,
  `\r\n${sign}cmd|'/c calc'!A1`,
  `a;${sign}1`,
  `a; ${sign}1`,
  `a;"${sign}1"`,
  `";${sign}1`,
  `","${sign}1`,
  `a\t${sign}1`,
  `a\n${sign}1`,
  `;;${sign}1;${sign}2`,
]);

test('a row is sixteen quoted cells, whatever is in them', () => {
  for (const label of [...HOSTILE, '', '"', '""', 'a,"b"\r\nc', '\r\n', '","', 'plain']) {
    const line = FORMATS.csv.line(record(label, { label, n: [-1, -2] }));
    const [cells, ...rest] = readCsv(line);
    expect(rest, JSON.stringify(label)).toEqual([]);
    expect(cells).toHaveLength(readCsv(FORMATS.csv.head(null))[0]!.length);
    expect(line, 'every cell is quoted').toBe(
      `${cells!.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`,
    );
    expect(cells![LABEL]!.replaceAll("'", '')).toBe(label.replaceAll("'", ''));
  }
});

test('no cell is a formula, at whatever sign the program splits', () => {
  for (const label of HOSTILE) {
    const text = FORMATS.csv.line(record(label, { label }));
    for (const separator of [',', ';', '\t']) {
      const cells = readCsv(text, separator)
        .flat()
        .flatMap((cell) => (separator === ',' ? [cell] : cell.split(/[\r\n]+/)));
      expect(cells.filter(isFormula), `${JSON.stringify(label)} split at ${JSON.stringify(separator)}`).toEqual([]);
    }
  }
});

test('a cell of nothing but separators and quotes takes its length, not its square', () => {
  // Squared, this is more than any patience: minutes. There is no clock in here but the one that ends a test that
  // hangs.
  const length = 300_000;
  for (const run of ["'", '"', '\t', '\n', ';', ' ', '\'"', '\t ']) {
    const label = `;${run.repeat(length / run.length)}`;
    const [cells] = readCsv(FORMATS.csv.line(record(`${label}=1`)));
    expect(cells![LABEL]!.slice(-3)).toBe("'=1");
    expect(FORMATS.csv.line(record(label)).length).toBeGreaterThan(length);
  }
});

test('what is no formula stays as it is, states too', () => {
  for (const label of ['web-01', 'a = b', "o'Neill", 'a;b', 'ann@example.com', '1-1']) {
    const state = { label, list: [-1, -2.5], deep: { n: -3 } };
    const [cells] = readCsv(FORMATS.csv.line(record(label, state)));
    expect(cells![LABEL]).toBe(label);
    expect(JSON.parse(cells![14]!)).toEqual(state);
  }
});

test('JSON lines keep everything as it was, a line each', () => {
  for (const label of HOSTILE) {
    const line = FORMATS.jsonl.line(record(label));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ objectLabel: label, sequence: 7 });
  }
});
