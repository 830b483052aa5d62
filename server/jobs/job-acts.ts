import { z } from 'zod';
import type { Approval } from '../../agent/protocol';
import type { Permission } from '../auth/permissions';
import { pushConfiguration } from '../configuration/push-configuration';
import { putHost, removeHost } from '../fleets/put-host';
import { approveHost } from '../hosts/approve-host';
import { changeTags } from '../hosts/tags/change-tags';
import { deleteHost } from '../hosts/delete-host';
import { rejectHost } from '../hosts/reject-host';
import { revokeHost } from '../hosts/revoke-host';
import { rotateCertificate } from '../hosts/rotate-certificate';
import { tags } from '../hosts/tags/tag-schema';
import type { Acting } from '../trpc';
import { demanding } from '../../words/explain-issue';
import { words } from '../../words/words';

const someTags = tags.refine((list) => list.length > 0, demanding(words('common.input.items_least', { count: 1 })));

/** What each act takes besides the hosts. */
export const jobAct = z
  .discriminatedUnion('act', [
    z.object({ act: z.literal('approve') }),
    z.object({ act: z.literal('reject') }),
    z.object({ act: z.literal('revoke') }),
    z.object({ act: z.literal('delete') }),
    z.object({ act: z.literal('rotate') }),
    z.object({ act: z.literal('pushConfiguration') }),
    z.object({ act: z.literal('addTags'), tags: someTags }),
    z.object({ act: z.literal('removeTags'), tags: someTags }),
    z.object({ act: z.literal('putInFleet'), fleetId: z.uuid() }),
    z.object({ act: z.literal('takeOutOfFleet'), fleetId: z.uuid() }),
  ])
  .meta({ examples: [{ act: 'addTags', tags: ['env:prod'] }] });
export type JobAct = z.infer<typeof jobAct>;
export type ActName = JobAct['act'];
export const ACT_NAMES = jobAct.options.map(({ shape }) => shape.act.value) as [ActName, ...ActName[]];

interface Kind<Name extends ActName> {
  permission: Permission;
  /** The hosts that it is for, by what was decided on them; all of them without it. */
  of?: readonly Approval[];
  /** @param hosts how many the job has in all */
  run: (ctx: Acting, hostId: string, given: Extract<JobAct, { act: Name }>, hosts: number) => Promise<unknown>;
}

/**
 * The verbs that a page has for one host. A conflict is not let in by the hundred: each is to be looked at twice. Nor
 * is a host that was turned away.
 */
export const JOB_ACTS: { readonly [Name in ActName]: Kind<Name> } = {
  approve: {
    permission: 'hosts.approve',
    of: ['pending'],
    run: (ctx, hostId) => approveHost(ctx, hostId, undefined, ['pending']),
  },
  reject: { permission: 'hosts.approve', of: ['pending', 'conflict'], run: rejectHost },
  revoke: { permission: 'hosts.revoke', of: ['approved'], run: revokeHost },
  delete: { permission: 'hosts.delete', run: deleteHost },
  rotate: {
    permission: 'certificates.rotate',
    of: ['approved'],
    run: (ctx, hostId, _, hosts) => rotateCertificate(ctx, { hostIds: [hostId] }, { among: hosts }),
  },
  pushConfiguration: {
    permission: 'configuration.write',
    of: ['approved'],
    run: (ctx, hostId) => pushConfiguration(ctx, { hostIds: [hostId] }),
  },
  addTags: { permission: 'hosts.update', run: (ctx, hostId, { tags }) => changeTags(ctx, hostId, { add: tags }) },
  removeTags: { permission: 'hosts.update', run: (ctx, hostId, { tags }) => changeTags(ctx, hostId, { remove: tags }) },
  putInFleet: { permission: 'fleets.manage', run: (ctx, hostId, { fleetId }) => putHost(ctx, { fleetId, hostId }) },
  takeOutOfFleet: {
    permission: 'fleets.manage',
    run: (ctx, hostId, { fleetId }) => removeHost(ctx, { fleetId, hostId }),
  },
};

/** Does it to one host. Throws what its verb throws. */
export const runAct = <Name extends ActName>(
  ctx: Acting,
  given: Extract<JobAct, { act: Name }>,
  on: { hostId: string; hosts: number },
): Promise<unknown> => (JOB_ACTS[given.act] as Kind<Name>).run(ctx, on.hostId, given, on.hosts);
