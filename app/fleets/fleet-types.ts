import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['fleets'];

export type FleetListQuery = inferRouterInputs<AppRouter>['fleets']['list'];
export type FleetRow = Outputs['list']['fleets'][number];
export type Fleet = Outputs['byId'];
export type Membership = Outputs['explain'];
export type RulePreview = Outputs['preview'];
