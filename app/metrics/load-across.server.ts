import type { AppLoadContext } from '@remix-run/node';
import { asProblem, type Problem } from '../forms/problem';
import { hostQuery } from '../hosts/list/list-query';
import { ruleFaultOf } from '../rules/rule-fault';
import { type Range, rangeOf, shorterThan } from './range';

/** Of many hosts each costs: these are what most machines tell. */
const METRICS = [
  ...['cpu', 'memory.used', 'load.1', 'swap.used'],
  ...['network.received', 'network.sent', 'disk.read', 'disk.written'],
].join();

const NOTHING = { step: 'raw' as const, series: [], gaps: [] };

/**
 * What the hosts measured that an address lets through, and how many those are. Where that is too much for its time, it
 * is of the next shorter time that is not, with the refusal as `problem`.
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
  const asked = await Promise.all([
    readFitting(range, ({ from, to }) =>
      api.metrics.query({ ...filter, from: iso(from), to: iso(to), metrics: METRICS, aggregate: 'p95' }),
    ),
    api.hosts.list({ ...filter, limit: 1 }),
  ]).then(
    ([found, { total, isTotalExact }]) => ({ ...found, counted: { total, isTotalExact }, fault: null }),
    (refusal: unknown) => ({ range, all: NOTHING, problem: null, counted: null, fault: ruleFaultOf(refusal) }),
  );
  return asked;
}

const iso = (second: number) => new Date(second * 1000).toISOString();

/** Refused before anything is read, so that a shorter time can be tried at once. */
const OF_TIME = ['metrics.too_many_figures', 'metrics.too_many_points'];

async function readFitting<Answer>(asked: Range, read: (range: Range) => Promise<Answer>) {
  let problem: Problem | null = null;
  for (let range: Range | undefined = asked; range; range = shorterThan(range)) {
    try {
      return { range, all: await read(range), problem };
    } catch (refusal) {
      const refused = asProblem(refusal);
      // Too much at once is for this page to say.
      if (!refused.code.startsWith('metrics.')) throw refusal;
      problem ??= refused;
      if (!OF_TIME.includes(refused.code)) break;
    }
  }
  return { range: asked, all: NOTHING, problem };
}
