import { and, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { CURSOR_EXAMPLE, fromText } from '../rest/schema';
import { type Direction, notBeyond, type Order, readCursor, writeCursor } from './keyset';

/** Counting stops here: what nobody reads to the end need not be counted to the end. */
export const MOST_COUNTED = 10_000;

/** So many rows of an order are looked at for a page of what is found by another index, when that finds too many. */
const MOST_WALKED = 20_000;

/** A query of rows that can still be narrowed, sorted and cut. Drizzle's builders are such. */
interface Rows<Row> {
  where(condition: SQL | undefined): Cut<Row> & { orderBy(...by: SQL[]): Cut<Row> };
}
interface Cut<Row> {
  limit(n: number): PromiseLike<Row[]> & SQLWrapper;
}

/**
 * A list: what is shown of a row, how it is narrowed, and how it is sorted. Pages, counts, exports and *all that match*
 * come from these, so that each of them means the same hosts, or users, or whatever it is a list of.
 */
export interface List<Ctx, Filter, Row, Sort extends string = string> {
  /**
   * The columns that are shown, and nothing else: what is read of a row is read of every row of a page. With what a
   * row is sorted by, where that stands in another table.
   */
  select(ctx: Ctx, sort?: Sort): Rows<Row>;
  /** What of the table the caller may see at all. It narrows whatever the list is asked, whoever asks. */
  scope?: (ctx: Ctx) => SQL | undefined;
  /** What is left of a filter's parts; a part that is absent asks for nothing. */
  conditions: (filter: Filter, ctx: Ctx) => (SQL | undefined)[];
  /**
   * Whether a filter's rows are found by an index of its own and sorted then. The database would rather walk an order
   * until it has met enough of them, which goes through all rows where what is searched for stands at the end.
   */
  gathers?: (filter: Filter) => boolean;
  /** Where counting stops, if sooner than at `MOST_COUNTED`: where a row's condition looks at other rows. */
  mostCounted?: number;
  /** What a row is named by. It ends each order, so that equal keys cannot hide a row between two pages. */
  id: { of: (row: Row) => string | number; schema?: z.ZodType<string | number> };
  /** Each by an index. A test asks the database whether that is so. */
  orders: Record<Sort, Order<Row>>;
}

/** What a page of a list takes besides the filter: `sort` is one of the list's orders. */
export const paging = <const Sort extends string>(sorts: readonly [Sort, ...Sort[]], { most = 200 } = {}) => ({
  sort: z.enum(sorts).default(sorts[0] as never),
  direction: z.enum(['asc', 'desc']).default('asc'),
  ...cut(most),
});

/** The same of a list that has one order. */
export const cut = (most = 200) => ({
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .max(1000)
    .meta({ examples: [CURSOR_EXAMPLE] })
    .optional(),
  limit: fromText(z.number().int().min(1).max(most)).default(50).meta({ description: '50 when left out.' }),
});

/** What a page of a counted list has besides its rows and `nextCursor`. */
export const counted = {
  total: z
    .number()
    .int()
    .meta({ description: `How many there are on all pages. Counting stops at ${MOST_COUNTED}.` }),
  isTotalExact: z.boolean().meta({ description: 'False when there are more than `total`.' }),
};

export interface Page<Filter, Sort extends string = string> {
  filter: Filter;
  sort: Sort;
  direction: Direction;
  cursor?: string | undefined;
  limit: number;
}

/** What a filter leaves of what the caller may see. The one place where a list's queries get their condition from. */
export const matching = <Ctx, Filter, Row>(list: List<Ctx, Filter, Row>, ctx: Ctx, filter: Filter): SQL | undefined =>
  and(list.scope?.(ctx), ...list.conditions(filter, ctx));

/**
 * The rows of one page and one more, sorted and cut by the database. Throws `input.invalid` for a cursor that is not
 * ours.
 * @param way `gathered`: found by the filter's own index and sorted then; `walked`: met by walking the order, for a
 *   while; otherwise the database chooses. Both of these only where the list `gathers`
 */
export function selectPage<Ctx, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  { filter, sort, direction, cursor, limit }: Page<Filter, Sort>,
  way: 'gathered' | 'walked' | 'any' = 'gathered',
) {
  const order = list.orders[sort];
  const after = cursor
    ? order.after(direction, readCursor(cursor, order.cursorKey, list.id.schema ?? z.uuid()))
    : undefined;
  const isGathered = list.gathers?.(filter) && way === 'gathered';
  return list
    .select(ctx, sort)
    .where(and(matching(list, ctx, filter), after, way === 'walked' ? near(order, { direction, after }) : undefined))
    .orderBy(...order.by(direction, isGathered))
    .limit(limit + 1);
}

/** That a row is among the next `MOST_WALKED` of an order; nothing is, where there are no more than those. */
function near<Row>(
  { id, keys, by }: Order<Row>,
  { direction, after }: { direction: Direction; after: SQL | undefined },
): SQL {
  const columns = sql.join(keys, sql`, `);
  const from = after ? sql`${id.table} where ${after}` : sql`${id.table}`;
  const last = sql`select ${columns} from ${from} order by ${sql.join(by(direction), sql`, `)} offset ${MOST_WALKED}::int limit 1`;
  return sql`(${columns}) ${notBeyond(direction)} (${last})`;
}

/** One page, and where the next one starts. @param way as for `selectPage` */
export async function readPage<Ctx, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  page: Page<Filter, Sort>,
  way?: Parameters<typeof selectPage>[3],
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const read = await selectPage(list, ctx, page, way);
  const rows = read.slice(0, page.limit);
  const last = rows.at(-1);
  const isLast = read.length <= page.limit || !last;
  return { rows, nextCursor: isLast ? null : writeCursor([list.orders[page.sort].key(last), list.id.of(last)]) };
}

/** The same, with how many there are on all pages, counted to `MOST_COUNTED`. */
export async function readCountedPage<Ctx extends { db: Database }, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  page: Page<Filter, Sort>,
) {
  const { mostCounted = MOST_COUNTED } = list;
  const count = async () => {
    const n = await countUpTo(list, ctx, { filter: page.filter, most: mostCounted + 1 });
    return { total: Math.min(n, mostCounted), isTotalExact: n <= mostCounted };
  };
  if (list.gathers?.(page.filter)) {
    const counted = await count();
    // Of so many a page is soon met on the way through the order; to sort all of them takes a hundred times as long.
    const walked = counted.isTotalExact ? null : await readPage(list, ctx, page, 'walked');
    return { ...(walked?.nextCursor ? walked : await readPage(list, ctx, page)), ...counted };
  }
  const read = await readPage(list, ctx, page);
  // A list that ends on its first page has been counted by reading it.
  if (!page.cursor && read.nextCursor === null) return { ...read, total: read.rows.length, isTotalExact: true };
  return { ...read, ...(await count()) };
}

/** Counts what a filter leaves, at most `most`. */
export async function countUpTo<Ctx extends { db: Database }, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  asked: { filter: Filter; most: number },
): Promise<number> {
  const { rows } = await ctx.db.execute<{ n: number }>(selectCount(list, ctx, asked));
  return rows[0]!.n;
}

/**
 * In the first of the list's orders, although a count has none, unless the filter has an index of its own: without an
 * order the database would rather read the whole table than believe that it may stop.
 */
export function selectCount<Ctx, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  { filter, most }: { filter: Filter; most: number },
): SQL<{ n: number }> {
  const [first] = Object.values<Order<Row>>(list.orders);
  const found = list.select(ctx).where(matching(list, ctx, filter));
  const some = list.gathers?.(filter) ? found.limit(most) : found.orderBy(...first!.by('asc')).limit(most);
  return sql`select count(*)::int as n from (${some.getSQL()}) as counted`;
}

/**
 * Every page, one after the other: the next is read when the one before has been taken, so that memory holds one.
 * @param goOn called before each page but the first: what it is read with; throws when nothing more may be read
 */
export async function* everyPage<Ctx, Filter, Row, Sort extends string>(
  list: List<Ctx, Filter, Row, Sort>,
  ctx: Ctx,
  page: Page<Filter, Sort>,
  goOn: () => Promise<Ctx>,
): AsyncGenerator<Row[], void> {
  for (let [cursor, now] = [page.cursor, ctx]; ;) {
    // Whatever a filter finds: to gather all of it again for each page would take the square of its length.
    const { rows, nextCursor } = await readPage(list, now, { ...page, cursor }, 'any');
    yield rows;
    if (nextCursor === null) return;
    cursor = nextCursor;
    now = await goOn();
  }
}
