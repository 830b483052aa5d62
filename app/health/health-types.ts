import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';
import type { HostRow } from '../hosts/host-types';

type Outputs = inferRouterOutputs<AppRouter>['health'];
export type HealthRule = Outputs['rules']['rules'][number];
/** By which the rule of a fleet is named. */
export interface FleetName {
  id: string;
  name: string;
}
export type Finding = Outputs['findings'][number];
export type Health = NonNullable<HostRow['health']>;
