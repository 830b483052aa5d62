import { hostQuery } from '../hosts/list/list-query';
import type { Targets } from './job-types';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As many as a page's links name: `job-link.ts`. */
const MOST_IN_ADDRESS = 200;

/** Which hosts such an address means; null when it means none. */
export function targetsOf(params: URLSearchParams): Targets | null {
  if (params.get('matching') === 'all') {
    return { matching: hostQuery.written(params) as Extract<Targets, { matching: object }>['matching'] };
  }
  const hostIds = params
    .getAll('host')
    .filter((id) => UUID.test(id))
    .slice(0, MOST_IN_ADDRESS);
  return hostIds.length > 0 ? { hostIds } : null;
}
