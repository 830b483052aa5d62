import { useRouteLoaderData } from '@remix-run/react';
import type { Permission } from '../server/auth/permissions';
import type { loader } from './routes/_app';

/**
 * What the signed-in person may do, to offer nothing that the server would refuse. The server refuses all the same:
 * this hides, it does not guard.
 */
export function usePermissions(): ReadonlySet<Permission> {
  return new Set(useMe()?.permissions);
}

/** The same of what they may do everywhere, and not on some hosts only. */
export function usePermissionsEverywhere(): ReadonlySet<Permission> {
  return new Set(useMe()?.everywhere);
}

/** Who is signed in; undefined outside the frame. */
export const useMe = () => useRouteLoaderData<typeof loader>('routes/_app')?.me;
