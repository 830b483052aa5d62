import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['facts'];

export type FactSection = Outputs['get']['sections'][number];
export type FactChange = Outputs['history']['changes'][number];
export type HistoryQuery = Omit<inferRouterInputs<AppRouter>['facts']['history'], 'hostId'>;
export type FactValue = FactSection['facts'][string];
