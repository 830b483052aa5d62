import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';
import type { HostRow } from '../hosts/host-types';

type Outputs = inferRouterOutputs<AppRouter>['health'];
export type HealthRule = Outputs['rules']['rules'][number];
export type Finding = Outputs['findings'][number];
export type Health = NonNullable<HostRow['health']>;
