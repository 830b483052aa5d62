import { asc, desc, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from './errors';

export type Direction = 'asc' | 'desc';

/** The last row's sort key, as text, and its id. */
export type Cursor = [key: string, id: string];

/**
 * How a list can be sorted, cut into pages by the last row of the one before. Each order ends with the id, so that equal
 * keys cannot hide a row between two pages.
 */
export interface Order<Row> {
  by: (direction: Direction) => SQL[];
  after: (direction: Direction, cursor: Cursor) => SQL;
  key: (row: Row) => string;
  /** What a key in a cursor must look like: any other would fail in the database, as an error of ours. */
  cursorKey: z.ZodType<string>;
}

/** A key that is an instant, or `-infinity` for what never was. Before 1970 nothing was, and PostgreSQL knows no year 0. */
export const instantKey = z.union([z.literal('-infinity'), z.iso.datetime({ precision: 3 }).refine((text) => Date.parse(text) >= 0)]);

export const beyond = (direction: Direction) => (direction === 'asc' ? sql`>` : sql`<`);
export const directed = (direction: Direction, column: Parameters<typeof asc>[0]) => (direction === 'asc' ? asc(column) : desc(column));

export const writeCursor = (cursor: Cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Throws `input.invalid` for what `writeCursor` did not write. */
export function readCursor(text: string, key: z.ZodType<string>): Cursor {
  try {
    return z.tuple([key, z.uuid()]).parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new AppError('input.invalid', { cause });
  }
}

/** Matches a text that contains `search`, whose own wildcards stand for themselves. */
export const containing = (search: string) => `%${search.replace(/[\\%_]/g, '\\$&')}%`;
