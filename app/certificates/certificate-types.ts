import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

// Taken from the router's own outputs: a procedure that changes breaks the page that shows it.
type Outputs = inferRouterOutputs<AppRouter>['certificates'];

export type Served = Outputs['served'];
export type ServedListener = Served['listeners'][number];
export type Authority = Served['authorities'][number];
export type Stage = Authority['stage'];
type HeldList = Outputs['held'];
export type HeldCertificate = HeldList['certificates'][number];
export type HeldQuery = NonNullable<inferRouterInputs<AppRouter>['certificates']['held']>;
export type Warning = Outputs['warnings'][number];
