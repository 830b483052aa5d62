import { asc, desc, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../errors';

export type Direction = 'asc' | 'desc';

/** The last row's sort key, as text, and what tells it from others with the same one. */
export type Cursor<Id = string> = [key: string, id: Id];

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

/** A key that is an instant. Before 1970 nothing was, and PostgreSQL knows no year 0. */
export const pastKey = z.iso.datetime({ precision: 3 }).refine((text) => Date.parse(text) >= 0);

/** The same, `-infinity` for what never was, or `infinity` for what goes on. */
export const instantKey = z.union([z.literal(['-infinity', 'infinity']), pastKey]);

export const beyond = (direction: Direction) => (direction === 'asc' ? sql`>` : sql`<`);
export const directed = (direction: Direction, column: Parameters<typeof asc>[0]) => (direction === 'asc' ? asc(column) : desc(column));

export const writeCursor = (cursor: Cursor<string | number>) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Throws `input.invalid` for what `writeCursor` did not write. */
export function readCursor(text: string, key: z.ZodType<string>): Cursor;
export function readCursor<Id>(text: string, key: z.ZodType<string>, id: z.ZodType<Id>): Cursor<Id>;
export function readCursor(text: string, key: z.ZodType<string>, id: z.ZodType = z.uuid()): Cursor<unknown> {
  try {
    return z.tuple([key, id]).parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new AppError('input.invalid', { cause });
  }
}

/** Matches a text that contains `search`, whose own wildcards stand for themselves. */
export const containing = (search: string) => `%${search.replace(/[\\%_]/g, '\\$&')}%`;
