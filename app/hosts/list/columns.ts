/** Beside the name, which is always there. In the order they are shown; the last ones only when asked for. */
export const COLUMNS = [
  'state',
  'system',
  'cpu',
  'memory',
  'disk',
  'lastSeen',
  'certificate',
  'tags',
  'fleets',
  'agent',
  'registered',
] as const;
export type HostColumn = (typeof COLUMNS)[number];

/** A host has several, in no order. */
const UNSORTED = ['tags', 'fleets'] as const satisfies HostColumn[];

export const isSorted = (column: HostColumn): column is Exclude<HostColumn, (typeof UNSORTED)[number]> =>
  !UNSORTED.some((one) => one === column);

const USUAL: readonly HostColumn[] = COLUMNS.slice(0, 7);

/** In the address: which columns the list shows, each once or with commas between them. */
export const COLUMNS_PARAM = 'columns';

/** The columns of an address, the usual ones where it names none. */
export function columnsOf(params: URLSearchParams): ReadonlySet<HostColumn> {
  const named = params.getAll(COLUMNS_PARAM).flatMap((text) => text.split(','));
  return new Set(named.length > 0 ? COLUMNS.filter((column) => named.includes(column)) : USUAL);
}
