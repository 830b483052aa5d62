import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type All = inferRouterOutputs<AppRouter>;
type Outputs = All['fleets'];

export type FleetListQuery = inferRouterInputs<AppRouter>['fleets']['list'];
export type FleetRow = Outputs['list']['fleets'][number];
export type Fleet = Outputs['byId'];
export type LiveFleet = Outputs['live'];
export type FleetsOfHosts = Outputs['ofHosts'];
export type FleetNames = Outputs['names'];
export type FleetName = FleetNames['fleets'][number];
export type PeopleOnFleet = All['users']['onFleet'];
export type Membership = Outputs['explain'];
export type RulePreview = Outputs['preview'];
