import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

export type Overview = inferRouterOutputs<AppRouter>['dashboard']['overview'];
