import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

// Taken from the router's own outputs: a procedure that changes breaks the page that shows it.
type Outputs = inferRouterOutputs<AppRouter>['enrolmentTokens'];

export type EnrolmentToken = Outputs['list']['tokens'][number];
