import { hostQuery } from '../hosts/list/list-query';
import type { ActName } from './job-types';

/** Longer addresses are no addresses everywhere. */
const MOST_IN_ADDRESS = 200;

/** As many hosts as a job can name: `MOST_NAMED` of the server. */
export const MOST_CHOSEN = 1000;

/**
 * The page on which a job is made for these hosts, as a link has it. More than an address holds stand in the browser's
 * history beside it.
 */
export function jobForHosts(chosen: Iterable<string>): { to: string; state?: { hostIds: string[] } } {
  const hostIds = [...chosen];
  if (hostIds.length > MOST_IN_ADDRESS) return { to: '/jobs/new', state: { hostIds } };
  return { to: `/jobs/new?${new URLSearchParams(hostIds.map((id) => ['host', id]))}` };
}

/** The same for all that a list's address lets through. */
export function jobForMatching(params: URLSearchParams, act?: ActName): string {
  // Of those that wait alone, which stand above the list.
  const { from: _, ...query } = hostQuery.read(params);
  return jobFor(query, act);
}

/** Whom of those that wait each decision is for: two of one name are looked at one by one before one is let in. */
const WAITS = { approve: 'state = pending', reject: 'state in (pending, conflict)' } as const;

/** The same for those of them that wait for a decision: the job that lets them in, or turns them away. */
export function jobForWaiting(params: URLSearchParams, act: keyof typeof WAITS): string {
  const { filter, ...query } = hostQuery.read(params);
  return jobFor({ ...query, filter: filter ? `(${filter}) and ${WAITS[act]}` : WAITS[act] }, act);
}

/** The address of the page on which something is run on all that a list's address lets through. */
export function commandForMatching(params: URLSearchParams): string {
  const { from: _, ...query } = hostQuery.read(params);
  return `/commands/new?${new URLSearchParams([['matching', 'all'], ...given(query)])}`;
}

type Query = Partial<ReturnType<typeof hostQuery.read>>;

const jobFor = (query: Query, act?: ActName) =>
  `/jobs/new?${new URLSearchParams([['matching', 'all'], ...(act ? [['act', act]] : []), ...given(query)])}`;

function given({ sort: _, direction: _d, cursor: _c, ...filter }: Query): [string, string][] {
  return Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
}
