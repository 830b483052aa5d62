import { hostQuery } from '../hosts/list/list-query';

/** Longer addresses are no addresses everywhere. */
const MOST_IN_ADDRESS = 200;

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
