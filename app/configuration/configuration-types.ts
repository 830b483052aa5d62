import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['configuration'];

export type Layer = Outputs['global'];
export type Preview = Outputs['previewGlobal'];
export type Version = Outputs['globalVersions']['versions'][number];
export type HostConfiguration = Outputs['ofHost'];
export type FleetOrder = Outputs['order'];

/** Whose layer it is. */
export type LayerOf = { hostId: string } | { fleetId: string } | 'all';
