import { hostQuery } from '../hosts/list/list-query';
import type { Targets } from './job-types';

const MOST_IN_ADDRESS = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The address of the page on which a job is made for these hosts. */
export const jobForHosts = (hostIds: Iterable<string>) =>
  `/jobs/new?${new URLSearchParams([...hostIds].slice(0, MOST_IN_ADDRESS).map((id) => ['host', id]))}`;

/** The same for all that a list's address lets through. */
export function jobForMatching(params: URLSearchParams): string {
  const { search, state, platform, health, filter, fleet } = hostQuery.read(params);
  const given = Object.entries({ search, state, platform, health, filter, fleet }).filter(
    ([, value]) => value !== undefined,
  );
  return `/jobs/new?${new URLSearchParams([['matching', 'all'], ...(given as [string, string][])])}`;
}

/** Which hosts such an address means; null when it means none. */
export function targetsOf(params: URLSearchParams): Targets | null {
  if (params.get('matching') === 'all') {
    const { search, state, platform, health, filter, fleet } = hostQuery.read(params);
    return { matching: { search, state, platform, health, filter, fleet } };
  }
  const hostIds = params
    .getAll('host')
    .filter((id) => UUID.test(id))
    .slice(0, MOST_IN_ADDRESS);
  return hostIds.length > 0 ? { hostIds } : null;
}
