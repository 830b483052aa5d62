import { hostQuery } from '../hosts/list/list-query';
import type { Targets } from './job-types';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Which hosts such an address means; null when it means none. */
export function targetsOf(params: URLSearchParams): Targets | null {
  if (params.get('matching') === 'all') {
    return { matching: hostQuery.written(params) as Extract<Targets, { matching: object }>['matching'] };
  }
  return hostsNamed(params.getAll('host'));
}

/** These hosts as targets; null when there is none among them. */
export function hostsNamed(ids: readonly unknown[]): Extract<Targets, { hostIds: string[] }> | null {
  const hostIds = ids.filter((id): id is string => typeof id === 'string' && UUID.test(id));
  return hostIds.length > 0 ? { hostIds } : null;
}

/** Those that a link has left in the browser's history: `jobForHosts`. */
export function hostsLeft(state: unknown): ReturnType<typeof hostsNamed> {
  const { hostIds } = (typeof state === 'object' ? (state as { hostIds?: unknown } | null) : null) ?? {};
  return Array.isArray(hostIds) ? hostsNamed(hostIds) : null;
}
