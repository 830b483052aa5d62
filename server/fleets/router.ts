import { z } from 'zod';
import { fqdn } from '../../agent/protocol';
import { hostQuery, listHosts } from '../hosts/find-hosts';
import { hostPage } from '../hosts/host-schema';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { can, canOnHost, canOnSome, router } from '../trpc';
import { explainMembership } from './explain-membership';
import {
  findFleet,
  findFleetNames,
  findFleetsOf,
  fleetFilter,
  fleetQuery,
  listFleets,
  requireFleet,
} from './find-fleets';
import { findFleetEvents } from './find-fleet-events';
import {
  fleetChanges,
  fleetDetail,
  fleetEvents,
  fleetPage,
  membershipReasons,
  newFleet,
  rulePreview,
} from './fleet-schema';
import { previewQuery, previewRule } from './preview-rule';
import { findLiveFleet } from './live-fleet';
import { leaveToRule, putHost, putHostByName, removeHost } from './put-host';
import { createFleet, deleteFleet, updateFleet } from './write-fleet';

const oneFleet = z.object({ fleetId: z.uuid() });
const membership = oneFleet.extend({ hostId: z.uuid() });

/**
 * A fleet says on which hosts people have a role, so that only who may do so everywhere changes one: an operator of a
 * fleet could otherwise make it all hosts.
 */
export const fleetsRouter = router({
  list: canOnSome('hosts.read')
    .meta(
      rest('GET', '/fleet', {
        tag: 'Fleets',
        summary: 'List fleets',
        description: 'A page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(fleetQuery)
    .output(fleetPage)
    .query(({ ctx, input }) => listFleets(ctx, input)),

  byId: canOnSome('hosts.read')
    .meta(rest('GET', '/fleet/{fleetId}', { tag: 'Fleets', summary: 'Get a fleet', errors: ['fleet.not_found'] }))
    .input(oneFleet)
    .output(fleetDetail)
    .query(({ ctx, input }) => findFleet(ctx, input.fleetId)),

  /** To choose from: what their list has besides is counted. */
  names: canOnSome('hosts.read')
    .input(fleetFilter.default({}))
    .query(({ ctx, input }) => findFleetNames(ctx, input)),

  /** By the host's id, of those that there are for the caller. */
  ofHosts: canOnSome('hosts.read')
    .input(z.object({ hostIds: z.array(z.uuid()).max(200) }))
    .query(async ({ ctx, input }) => {
      const found = await findFleetsOf(ctx, input.hostIds);
      return Object.fromEntries([...found].map(([hostId, of]) => [hostId, of.map(({ id, name }) => ({ id, name }))]));
    }),

  /** What its page goes on from. */
  live: canOnSome('hosts.read')
    .input(oneFleet)
    .query(({ ctx, input }) => findLiveFleet(ctx, input.fleetId)),

  hosts: canOnSome('hosts.read')
    .meta(
      rest('GET', '/fleet/{fleetId}/hosts', {
        tag: 'Fleets',
        summary: 'List the hosts of a fleet',
        description: 'As `GET /hosts`, sorted and filtered like it.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(hostQuery.omit({ fleet: true }).extend(oneFleet.shape))
    .output(hostPage)
    .query(async ({ ctx, input: { fleetId, ...query } }) => {
      await requireFleet(ctx, fleetId);
      return { feed: ctx.hub.cursor(), ...(await listHosts(ctx, { ...query, fleet: fleetId })) };
    }),

  events: canOnSome('hosts.read')
    .meta(
      rest('GET', '/fleet/{fleetId}/events', {
        tag: 'Fleets',
        summary: 'See what happened to the hosts of a fleet',
        description: 'To those that are in it now. The latest 50 of ninety days.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(oneFleet)
    .output(fleetEvents)
    .query(({ ctx, input }) => findFleetEvents(ctx, input.fleetId)),

  explain: canOnHost('hosts.read')
    .meta(
      rest('GET', '/fleet/{fleetId}/hosts/{hostId}', {
        tag: 'Fleets',
        summary: 'See why a host is in a fleet or not',
        description: 'What people decided, and what each comparison of the rule finds on the host.',
        errors: ['fleet.not_found', 'host.not_found'],
      }),
    )
    .input(oneFleet)
    .output(membershipReasons)
    .query(({ ctx, input }) => explainMembership(ctx, input)),

  create: can('fleets.manage')
    .meta(
      rest('POST', '/fleet', {
        tag: 'Fleets',
        summary: 'Make a fleet',
        description: 'The hosts of its rule are in it when this answers.',
        errors: ['fleet.name_taken'],
      }),
    )
    .input(newFleet)
    .output(fleetDetail)
    .mutation(({ ctx, input }) => createFleet(ctx, input)),

  update: can('fleets.manage')
    .meta(
      rest('PATCH', '/fleet/{fleetId}', {
        tag: 'Fleets',
        summary: 'Change a fleet',
        description: 'What is left out stays as it is. The hosts of another rule are in it when this answers.',
        errors: ['fleet.not_found', 'fleet.name_taken'],
      }),
    )
    .input(fleetChanges.extend(oneFleet.shape))
    .output(nothing)
    .mutation(({ ctx, input }) => updateFleet(ctx, input)),

  delete: can('fleets.manage')
    .meta(
      rest('DELETE', '/fleet/{fleetId}', {
        tag: 'Fleets',
        summary: 'Forget a fleet',
        description:
          'And its configuration, and the roles that people have on it. Its hosts stay; those that are configured by it are told at once what is left.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(oneFleet)
    .output(nothing)
    .mutation(({ ctx, input }) => deleteFleet(ctx, input.fleetId)),

  preview: can('fleets.manage')
    .meta(
      rest('POST', '/fleet/preview', {
        tag: 'Fleets',
        summary: 'See who would be in a fleet with a rule',
        description: 'And who of them is not now, and who is now and would not be. Nothing is changed.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(previewQuery)
    .output(rulePreview)
    .query(({ ctx, input }) => previewRule(ctx, input)),

  putHost: can('fleets.manage')
    .meta(
      rest('PUT', '/fleet/{fleetId}/hosts/{hostId}', {
        tag: 'Fleets',
        summary: 'List a host in a fleet',
        description: 'Whatever its rule says of the host.',
        errors: ['fleet.not_found', 'host.not_found'],
      }),
    )
    .input(membership)
    .output(nothing)
    .mutation(({ ctx, input }) => putHost(ctx, input)),

  putHostByName: can('fleets.manage')
    .input(oneFleet.extend({ fqdn: z.string().trim().toLowerCase().pipe(fqdn) }))
    .mutation(({ ctx, input }) => putHostByName(ctx, input)),

  removeHost: can('fleets.manage')
    .meta(
      rest('DELETE', '/fleet/{fleetId}/hosts/{hostId}', {
        tag: 'Fleets',
        summary: 'Take a host out of a fleet',
        description: 'One that its rule would let in again is excepted from it.',
        errors: ['fleet.not_found', 'host.not_found'],
      }),
    )
    .input(membership)
    .output(nothing)
    .mutation(({ ctx, input }) => removeHost(ctx, input)),

  /** Neither listed nor excepted any more. */
  leaveToRule: can('fleets.manage')
    .input(membership)
    .mutation(({ ctx, input }) => leaveToRule(ctx, input)),
});
