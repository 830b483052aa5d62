import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

// Taken from the router's own outputs: a procedure that changes breaks the page that shows it.
type Outputs = inferRouterOutputs<AppRouter>['hosts'];

export type HostPage = Outputs['list'];
export type HostListQuery = NonNullable<inferRouterInputs<AppRouter>['hosts']['list']>;
export type WaitingQuery = Exclude<inferRouterInputs<AppRouter>['hosts']['waiting'], void | undefined>;
export type HostRow = HostPage['hosts'][number];
export type HostState = HostRow['state'];
type OneHost = Outputs['page'];
export type HostDetail = OneHost['host'];
export type Namesake = Outputs['namesakes'][number];
export type Clone = NonNullable<OneHost['clone']>;
export type Certificate = NonNullable<Outputs['certificate']>;
export type HostEvent = Outputs['events'][number];
/** The last measurement, whole. */
export type Sample = NonNullable<HostRow['sample']>;
/** The figures of one measurement that charts are drawn from. */
export type SamplePoint = Outputs['samples'][number];
/** What its charts show. */
export type HostChart = Outputs['chart'];
export type Counts = Outputs['counts']['counts'];

/** In the order they are shown. */
export const hostStates = [
  'up',
  'down',
  'never',
  'pending',
  'conflict',
  'rejected',
  'revoked',
] as const satisfies HostState[];
export const platforms = [
  'linux',
  'windows',
  'macos',
  'freebsd',
  'openbsd',
  'netbsd',
  'other',
] as const satisfies HostRow['platform'][];

export const healthStates = ['ok', 'warning', 'critical'] as const satisfies NonNullable<HostRow['health']>['state'][];

/** How hosts are not configured as it is wanted of them. */
export const notAsWanted = ['failed', 'rolled_back', 'drift'] as const satisfies NonNullable<
  HostListQuery['configuration']
>[];

/** Someone has to decide. These are a group of their own, never rows of the list. */
export function isWaiting(state: HostState): boolean {
  return state === 'pending' || state === 'conflict';
}

export const downReasons = ['closed', 'lost', 'silent', 'server_restart', 'protocol'] as const satisfies NonNullable<
  HostRow['reason']
>[];

/** How a certificate came to be renewed, as an event's detail. */
export const renewalWays = ['next_key', 'same_key'] as const;

/** What an agent asked too much of, as an event's detail; of one call alone it is the call's name. */
export const boundsOfAgents = ['frames', 'calls', 'subscriptions', 'waiting_bytes', 'id', 'other'] as const;
