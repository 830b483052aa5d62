import { hostQuery } from '../hosts/list/list-query';
import type { ActName } from './job-types';

/** Longer addresses are no addresses everywhere. */
const MOST_IN_ADDRESS = 200;

/** The address of the page on which a job is made for these hosts. */
export const jobForHosts = (hostIds: Iterable<string>) =>
  `/jobs/new?${new URLSearchParams([...hostIds].slice(0, MOST_IN_ADDRESS).map((id) => ['host', id]))}`;

/** The same for all that a list's address lets through. */
export function jobForMatching(params: URLSearchParams): string {
  // Of those that wait alone, which stand above the list.
  const { from: _, ...query } = hostQuery.read(params);
  return jobFor(query);
}

/** The same for those of them that wait for a decision: the job that turns them away. */
export function jobForWaiting(params: URLSearchParams): string {
  const { filter, ...query } = hostQuery.read(params);
  const waits = 'state in (pending, conflict)';
  return jobFor({ ...query, filter: filter ? `(${filter}) and ${waits}` : waits }, 'reject');
}

function jobFor(query: Partial<ReturnType<typeof hostQuery.read>>, act?: ActName): string {
  const { sort: _, direction: _d, cursor: _c, ...filter } = query;
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/jobs/new?${new URLSearchParams([['matching', 'all'], ...(act ? [['act', act]] : []), ...given])}`;
}
