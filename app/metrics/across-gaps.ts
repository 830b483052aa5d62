import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';
import type { Span } from '../ui/figures/gaps';

type Told = inferRouterOutputs<AppRouter>['metrics']['query']['gaps'][number];

/** Why none of many hosts was measured for a while. Seconds since 1970. */
export type AcrossGap = Omit<Told, 'from' | 'to'> & Span;

export const acrossGaps = (told: readonly Told[]): AcrossGap[] =>
  told.map(({ from, to, ...why }) => ({ from: Date.parse(from) / 1000, to: Date.parse(to) / 1000, ...why }));

/** Those that have a part in a gap of a chart, in the order of time. */
export const whyAcross = (gap: Span, known: readonly AcrossGap[]): AcrossGap[] =>
  known.filter(({ from, to }) => from < gap.to && to > gap.from);

/** When no server was at work: there lines break, however little is missing. */
export const offIn = (known: readonly AcrossGap[]): Span[] => known.filter(({ reason }) => reason === 'server_off');
