import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { Permission } from '../../server/auth/permissions';
import type { AppRouter } from '../../server/router';

type Outputs = inferRouterOutputs<AppRouter>['jobs'];
type Proposal = inferRouterInputs<AppRouter>['jobs']['propose'];

export type Job = Outputs['byId'];
export type JobHost = Outputs['hosts']['hosts'][number];
export type ActName = Job['act'];
export type Targets = Proposal['targets'];

/** What each act needs, in the order in which they are offered. */
export const JOB_PERMISSIONS: Record<ActName, Permission> = {
  approve: 'hosts.approve',
  reject: 'hosts.approve',
  addTags: 'hosts.update',
  removeTags: 'hosts.update',
  putInFleet: 'fleets.manage',
  takeOutOfFleet: 'fleets.manage',
  rotate: 'certificates.rotate',
  pushConfiguration: 'configuration.write',
  revoke: 'hosts.revoke',
  delete: 'hosts.delete',
};

export const isAboutTags = (act: ActName) => act === 'addTags' || act === 'removeTags';
export const isAboutFleet = (act: ActName) => act === 'putInFleet' || act === 'takeOutOfFleet';
