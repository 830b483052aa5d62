import type { AppLoadContext } from '@remix-run/node';
import { asProblem } from '../forms/problem';
import { hostQuery } from '../hosts/list/list-query';
import { ruleFaultOf } from '../rules/rule-fault';
import { rangeOf } from './range';

/** Of many hosts each costs: these are what most machines tell. */
const METRICS = [
  ...['cpu', 'memory.used', 'load.1', 'swap.used'],
  ...['network.received', 'network.sent', 'disk.read', 'disk.written'],
].join();

const NOTHING = { all: { step: 'raw' as const, series: [], gaps: [] }, counted: null };

/**
 * What the hosts measured that an address lets through, and how many those are.
 * @param fleet whose hosts alone are asked for, where the address does not say
 */
export async function loadAcross(
  { api }: Pick<AppLoadContext, 'api'>,
  searchParams: URLSearchParams,
  fleet = hostQuery.read(searchParams).fleet,
) {
  const range = rangeOf(searchParams);
  const { from: _from, sort: _sort, direction: _direction, cursor: _cursor, ...named } = hostQuery.read(searchParams);
  const filter = { ...named, fleet };
  const [from, to] = [range.from, range.to].map((second) => new Date(second * 1000).toISOString());
  const asked = await Promise.all([
    api.metrics.query({ ...filter, from, to, metrics: METRICS, aggregate: 'p95' }),
    api.hosts.list({ ...filter, limit: 1 }),
  ]).then(
    ([all, { total, isTotalExact }]) => ({ all, counted: { total, isTotalExact }, fault: null, problem: null }),
    (refusal: unknown) => {
      const problem = asProblem(refusal);
      // Too much at once is for this page to say.
      if (problem.code.startsWith('metrics.')) return { ...NOTHING, fault: null, problem };
      return { ...NOTHING, fault: ruleFaultOf(refusal), problem: null };
    },
  );
  return { range, ...asked };
}
