import { asc, type Column, desc, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../errors';
import { storableText } from '../storable-text';

export type Direction = 'asc' | 'desc';

/** The last row's sort key, as text, and what tells it from others with the same one. */
type Cursor<Id = string | number> = [key: string, id: Id];

/** How a list can be sorted, cut into pages by the last row of the one before. */
export interface Order<Row> {
  /** What it is sorted by, to the last: an id, whose table is the one that this order is walked in. */
  keys: SQLWrapper[];
  id: Column;
  /** @param isGathered by no index: the rows are few, and known */
  by: (direction: Direction, isGathered?: boolean) => SQL[];
  after: (direction: Direction, cursor: Cursor) => SQL;
  key: (row: Row) => string;
  /** What a key in a cursor must look like: any other would fail in the database, as an error of ours. */
  cursorKey: z.ZodType<string>;
}

interface Keys<Row> {
  /** What it is sorted by, as its index has it. Never null: a comparison of rows with null would hide one. */
  keys: SQLWrapper[];
  key: (row: Row) => string;
  cursorKey: z.ZodType<string>;
  /** A cursor's key as such keys again, with commas between them. */
  placed: (key: string) => SQL;
}

/** By keys, and where these are equal by the id. */
const byKeys = <Row>(id: Column, { keys, placed, ...order }: Keys<Row>): Order<Row> => ({
  ...order,
  keys: [...keys, id],
  id,
  by: (direction, isGathered) => [
    ...keys.map((key) => directed(direction, isGathered ? unindexed(key) : key)),
    directed(direction, id),
  ],
  after: (direction, [key, last]) =>
    sql`(${sql.join([...keys, id], sql`, `)}) ${beyond(direction)} (${placed(key)}, ${typed(id, last)})`,
});

/** By a text as it is. */
export const byText = <Row>(id: Column, text: SQLWrapper, key: (row: Row) => string): Order<Row> =>
  byKeys(id, { keys: [text], key, cursorKey: storableText(300), placed: (text) => sql`${text}::text` });

/** By two texts as they are, of which neither has a line break in it. */
export const byTwoTexts = <Row>(
  id: Column,
  texts: [SQLWrapper, SQLWrapper],
  key: (row: Row) => [string, string],
): Order<Row> =>
  byKeys(id, {
    keys: texts,
    key: (row) => key(row).join('\n'),
    cursorKey: storableText(300),
    placed: (text) => sql`split_part(${text}::text, E'\\n', 1), split_part(${text}::text, E'\\n', 2)`,
  });

/** By a text, capitals or not. @param lower as its index has it; or another way to place a text among others */
export const byLowerText = <Row>(
  id: Column,
  text: SQLWrapper,
  key: (row: Row) => string,
  lower = (text: SQLWrapper): SQL => sql`lower(${text})`,
): Order<Row> =>
  byKeys(id, { keys: [lower(text)], key, cursorKey: storableText(500), placed: (text) => lower(sql`${text}::text`) });

/** By a whole number. */
export const byNumber = <Row>(id: Column, number: SQLWrapper, key: (row: Row) => number): Order<Row> =>
  byKeys(id, {
    keys: [number],
    key: (row) => String(key(row)),
    cursorKey: z.string().regex(/^-?[0-9]{1,9}$/),
    placed: (text) => sql`${text}::int`,
  });

/** By an instant to the millisecond; null, as which -infinity is read, was never. */
export const byInstant = <Row>(id: Column, instant: SQLWrapper, key: (row: Row) => string | Date | null): Order<Row> =>
  byKeys(id, {
    keys: [instant],
    key: (row) => writeInstant(key(row)),
    cursorKey: instantKey,
    placed: (text) => sql`${text}::timestamptz`,
  });

/** By the id alone: of UUIDv7, in the order in which the rows were made. @param cursorKey of an id that is none */
export const byId = <Row>(
  id: Column,
  of: (row: Row) => string,
  cursorKey: z.ZodType<string> = z.uuid(),
): Order<Row> => ({
  keys: [id],
  id,
  by: (direction, isGathered) => [directed(direction, isGathered ? unindexed(id) : id)],
  after: (direction, [, last]) => sql`${id} ${beyond(direction)} ${typed(id, last)}`,
  key: of,
  cursorKey,
});

/**
 * Before 1970 nothing was, and PostgreSQL knows no year 0. `-infinity` is for what never was, `infinity` for what goes
 * on.
 */
const instantKey = z.union([
  z.literal(['-infinity', 'infinity']),
  z.iso.datetime({ precision: 3 }).refine((text) => Date.parse(text) >= 0),
]);

function writeInstant(key: string | Date | null): string {
  if (key === null) return '-infinity';
  return typeof key === 'string' && key.endsWith('infinity') ? key : new Date(key).toISOString();
}

/** The same as JavaScript has it: null for what never was, or never ends. */
export const finite = (instant: string): Date | null => (instant.endsWith('infinity') ? null : new Date(instant));

/** The same value, as no index has it. */
const unindexed = (key: SQLWrapper) => sql`greatest(${key}, ${key})`;
const beyond = (direction: Direction) => (direction === 'asc' ? sql`>` : sql`<`);
export const notBeyond = (direction: Direction) => (direction === 'asc' ? sql`<=` : sql`>=`);
const directed = (direction: Direction, key: SQLWrapper) => (direction === 'asc' ? asc(key) : desc(key));
const typed = (id: Column, value: string | number) => sql`${value}::${sql.raw(id.getSQLType())}`;

export const writeCursor = (cursor: Cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Throws `input.invalid` for what `writeCursor` did not write. */
export function readCursor(text: string, key: z.ZodType<string>, id: z.ZodType<string | number>): Cursor {
  try {
    return z.tuple([key, id]).parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new AppError('input.invalid', { cause });
  }
}

/** Matches a text that contains `search`, whose own wildcards stand for themselves. */
export const containing = (search: string) => `%${search.replace(/[\\%_]/g, '\\$&')}%`;
