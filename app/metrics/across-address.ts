/** What narrows the hosts, as their list has it. */
const FILTERS = ['search', 'state', 'platform', 'health', 'reason', 'configuration', 'downSince', 'filter', 'fleet'];

/** The part of an address that says which hosts. */
const whichHosts = (params: URLSearchParams) => [...params].filter(([name, value]) => FILTERS.includes(name) && value);

/**
 * The address of the charts of all hosts that a list's address lets through.
 * @param time as `range.ts` has it, with its question mark
 * @param path of another page that has them
 */
export const chartsOfMatching = (params: URLSearchParams, time = '', path = '/hosts/metrics') =>
  address(path, [...whichHosts(params), ...new URLSearchParams(time)]);

/** The address of the list of the same hosts. */
export const listOfMatching = (params: URLSearchParams) => address('/hosts', whichHosts(params));

function address(path: string, params: string[][]): string {
  const search = new URLSearchParams(params).toString();
  return search ? `${path}?${search}` : path;
}
