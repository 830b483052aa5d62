import { changeList, listAddress } from '../ui/list/list-address';
import type { Direction } from '../ui/list/sorting';

/** What a part of the address means, or undefined when it cannot mean anything: an old bookmark must still open. */
type Reader<Value> = (value: string, params: URLSearchParams) => Value | undefined;

export const text =
  (max: number): Reader<string> =>
  (value) =>
    value.trim().slice(0, max) || undefined;

export const oneOf =
  <Value extends string>(values: readonly Value[]): Reader<Value> =>
  (value) =>
    values.find((one) => one === value);

export const uuid: Reader<string> = (value) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.exec(value)?.[0];

interface Definition<Filters, Sort extends string> {
  path: string;
  /** By their names in the address, which are those of the procedure's input. */
  filters: Filters;
  /**
   * The way round that a first click on a column means: names from A, times from the latest. In the order they are
   * offered. `satisfies` against the procedure's input says that these are the server's orders, all of them.
   */
  orders: Record<Sort, Direction>;
  /** The order of an address that names none. */
  first: NoInfer<Sort>;
}

type Query<Filters extends Record<string, Reader<unknown>>, Sort extends string> = {
  [Name in keyof Filters]: ReturnType<Filters[Name]>;
} & { sort: Sort; direction: Direction; cursor: string | undefined };

/** How a list stands in the address of its page: a filtered list can be sent, bookmarked and left with Back. */
export function listQuery<Filters extends Record<string, Reader<unknown>>, Sort extends string>({
  path,
  filters,
  orders,
  first,
}: Definition<Filters, Sort>) {
  type Changes = Partial<Record<keyof Filters | 'sort' | 'direction' | 'cursor', string | undefined>>;
  const sorts = Object.keys(orders) as Sort[];
  const names = Object.keys(filters) as (keyof Filters & string)[];
  const nothing = Object.fromEntries(names.map((name) => [name, undefined])) as Changes;
  const readFilter = (params: URLSearchParams, name: keyof Filters & string) =>
    filters[name]!(params.get(name) ?? '', params);
  const link = (params: URLSearchParams, changes: Changes) => listAddress(path, changeList(params, changes));
  return {
    natural: orders,
    /** Every order there is, each the natural way round first. */
    orders: sorts.flatMap((sort) => bothWays(sort, orders[sort])),
    read(params: URLSearchParams): Query<Filters, Sort> {
      const sort = oneOf(sorts)(params.get('sort') ?? '', params) ?? first;
      return {
        ...Object.fromEntries(names.map((name) => [name, readFilter(params, name)])),
        sort,
        direction: oneOf(['asc', 'desc'])(params.get('direction') ?? '', params) ?? orders[sort],
        cursor: params.get('cursor') || undefined,
      } as Query<Filters, Sort>;
    },
    /**
     * The filters as they are written. Whoever acts on all that match leaves none out, or would act on more hosts: what
     * cannot be read the server refuses.
     */
    written: (params: URLSearchParams) =>
      Object.fromEntries(names.map((name) => [name, params.get(name)?.trim() || undefined])) as Record<
        keyof Filters,
        string | undefined
      >,
    isFiltered: (params: URLSearchParams) => names.some((name) => readFilter(params, name) !== undefined),
    /** The same list with something changed, as an address, from its first page. */
    link,
    /** The same list without its filters. */
    unfiltered: (params: URLSearchParams) => link(params, nothing),
  };
}

const bothWays = <Sort extends string>(sort: Sort, natural: Direction): `${Sort}_${Direction}`[] =>
  natural === 'asc' ? [`${sort}_asc`, `${sort}_desc`] : [`${sort}_desc`, `${sort}_asc`];
