import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

// Taken from the router's own outputs: a procedure that changes breaks the page that shows it.
export type Discovery = inferRouterOutputs<AppRouter>['discovery']['get'];
