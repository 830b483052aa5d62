export type Direction = 'asc' | 'desc';

interface Order<Sort extends string> {
  sort: Sort;
  direction: Direction;
}

interface Options<Sort extends string> {
  /** How the list is sorted now. */
  query: Order<Sort>;
  /** The way round that a first click on a column means. */
  natural: Record<Sort, Direction>;
  /** The address of the list in another order. */
  link: (order: Order<Sort>) => string;
}

/** What the head of each column needs to sort by it, and a second time the other way round. */
export const columnSorting =
  <Sort extends string>({ query, natural, link }: Options<Sort>) =>
  (sort: Sort) => {
    const sorted = query.sort === sort ? query.direction : null;
    const opposite = sorted === 'asc' ? 'desc' : 'asc';
    return { sorted, to: link({ sort, direction: sorted ? opposite : natural[sort] }) };
  };
