import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['users'];

export type UserListQuery = inferRouterInputs<AppRouter>['users']['list'];
export type UserRow = Outputs['list']['users'][number];
export type UserState = UserRow['state'];
export type UserDetail = Outputs['byId'];
export type UserSession = Outputs['byId']['sessions'][number];
export type Role = UserRow['role'];

/** In the order they are shown. */
export const userStates = ['active', 'invited', 'locked', 'deactivated'] as const satisfies UserState[];
export const roles = ['none', 'viewer', 'runner', 'operator', 'administrator'] as const satisfies Role[];

/** How a person is called in sentences. */
export const nameOf = ({ name, email }: { name: string; email: string }) => name || email;
