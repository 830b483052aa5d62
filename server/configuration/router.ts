import { z } from 'zod';
import { configuration } from '../../agent/configuration/schema';
import { feed } from '../hosts/host-schema';
import { rest } from '../rest/operation';
import { fromText, nothing } from '../rest/schema';
import { can, canOnFleet, canOnHost, canOnSome, router } from '../trpc';
import { hostConfiguration, showHostConfiguration } from './find-host-configuration';
import { findOrder, fleetOrder, newOrder, previewOrder, proposedOrder, saveOrder } from './layers/fleet-order';
import { findLayer, layerView, listVersions, versionsPage } from './layers/find-layer';
import { previewLayer, previewed } from './layers/preview-layer';
import { push, pushed, pushTo } from './push';
import { layerChange, savedLayer, saveLayer } from './layers/save-layer';
import { adoptDrift, putBackDrift } from './settle-drift';

const TAG = 'Configuration';

const SAVING = ['configuration.invalid', 'configuration.changed_meanwhile', 'configuration.version_needed'] as const;
const SAVE =
  'The whole document takes the place of the one that `If-Match` names by its `ETag`. Its hosts are told at once, or ' +
  'when they next connect.';

const page = z.object({
  before: fromText(z.number().int().min(1).max(1_000_000))
    .optional()
    .meta({ description: '`nextBefore` of the page before.', examples: [3] }),
});

const jsonSchema = z.toJSONSchema(configuration, { io: 'input' }) as Record<string, unknown>;

export const configurationRouter = router({
  schema: canOnSome('configuration.read')
    .meta(
      rest('GET', '/configuration/schema', {
        tag: TAG,
        summary: 'Get what agents can be told',
        description: 'JSON Schema, draft 2020-12.',
      }),
    )
    .output(z.record(z.string(), z.unknown()).meta({ examples: [{ type: 'object' }] }))
    .query(() => jsonSchema),

  global: can('configuration.read')
    .meta(rest('GET', '/configuration/global', { tag: TAG, summary: 'Get what all agents are told' }))
    .output(layerView)
    .query(({ ctx }) => findLayer(ctx, 'all')),

  saveGlobal: can('configuration.write')
    .meta(
      rest('PUT', '/configuration/global', {
        tag: TAG,
        summary: 'Say what all agents are told',
        description: SAVE,
        errors: SAVING,
      }),
    )
    .input(layerChange)
    .output(savedLayer)
    .mutation(({ ctx, input }) => saveLayer(ctx, 'all', input)),

  globalVersions: can('configuration.read')
    .meta(
      rest('GET', '/configuration/global/versions', {
        tag: TAG,
        summary: 'List what all agents were told',
        description: 'Latest first, 50 at a time.',
      }),
    )
    .input(page)
    .output(versionsPage)
    .query(({ ctx, input }) => listVersions(ctx, 'all', input.before)),

  previewGlobal: can('configuration.read')
    .input(previewed)
    .query(({ ctx, input }) => previewLayer(ctx, 'all', input)),

  order: canOnSome('configuration.read')
    .meta(
      rest('GET', '/configuration/order', {
        tag: TAG,
        summary: 'Get which fleets count more',
        description: 'Of two that say different things of one host, the one that comes later counts.',
      }),
    )
    .output(fleetOrder)
    .query(({ ctx }) => findOrder(ctx)),

  saveOrder: can('configuration.write')
    .meta(
      rest('PUT', '/configuration/order', {
        tag: TAG,
        summary: 'Say which fleets count more',
        description:
          'The whole order takes the place of the one that `If-Match` names by its `ETag`. Their hosts are told at once.',
        errors: [
          ...(['fleet.not_found', 'configuration.fleets_disagree'] as const),
          ...(['configuration.changed_meanwhile', 'configuration.version_needed'] as const),
        ],
      }),
    )
    .input(newOrder)
    .output(nothing)
    .mutation(({ ctx, input }) => saveOrder(ctx, input)),

  previewOrder: can('configuration.read')
    .input(proposedOrder)
    .query(({ ctx, input }) => previewOrder(ctx, input)),

  fleet: canOnFleet('configuration.read')
    .meta(
      rest('GET', '/configuration/fleet/{fleetId}', {
        tag: TAG,
        summary: 'Get what the agents of a fleet are told besides',
        errors: ['fleet.not_found'],
      }),
    )
    .output(layerView)
    .query(({ ctx, input }) => findLayer(ctx, input)),

  saveFleet: canOnFleet('configuration.write')
    .meta(
      rest('PUT', '/configuration/fleet/{fleetId}', {
        tag: TAG,
        summary: 'Say what the agents of a fleet are told besides',
        description: `${SAVE} It counts more than what all are told and less than what a host is told, key by key.`,
        errors: ['fleet.not_found', 'configuration.fleets_disagree', ...SAVING],
      }),
    )
    .input(layerChange)
    .output(savedLayer)
    .mutation(({ ctx, input: { fleetId, ...change } }) => saveLayer(ctx, { fleetId }, change)),

  fleetVersions: canOnFleet('configuration.read')
    .meta(
      rest('GET', '/configuration/fleet/{fleetId}/versions', {
        tag: TAG,
        summary: 'List what the agents of a fleet were told besides',
        description: 'Latest first, 50 at a time.',
        errors: ['fleet.not_found'],
      }),
    )
    .input(page)
    .output(versionsPage)
    .query(({ ctx, input }) => listVersions(ctx, input, input.before)),

  previewFleet: canOnFleet('configuration.read')
    .input(previewed)
    .query(({ ctx, input }) => previewLayer(ctx, input, input)),

  host: canOnHost('configuration.read')
    .meta(
      rest('GET', '/configuration/host/{hostId}', {
        tag: TAG,
        summary: 'Get what one agent is told besides',
        errors: ['host.not_found'],
      }),
    )
    .output(layerView)
    .query(({ ctx, input }) => findLayer(ctx, input)),

  saveHost: canOnHost('configuration.write')
    .meta(
      rest('PUT', '/configuration/host/{hostId}', {
        tag: TAG,
        summary: 'Say what one agent is told besides',
        description: `${SAVE} It counts more than what all are told, key by key.`,
        errors: ['host.not_found', 'configuration.fleets_disagree', ...SAVING],
      }),
    )
    .input(layerChange)
    .output(savedLayer)
    .mutation(({ ctx, input: { hostId, ...change } }) => saveLayer(ctx, { hostId }, change)),

  hostVersions: canOnHost('configuration.read')
    .meta(
      rest('GET', '/configuration/host/{hostId}/versions', {
        tag: TAG,
        summary: 'List what one agent was told besides',
        description: 'Latest first, 50 at a time.',
        errors: ['host.not_found'],
      }),
    )
    .input(page)
    .output(versionsPage)
    .query(({ ctx, input }) => listVersions(ctx, input, input.before)),

  previewHost: canOnHost('configuration.read')
    .input(previewed)
    .query(({ ctx, input }) => previewLayer(ctx, input, input)),

  ofHost: canOnHost('configuration.read')
    .meta(
      rest('GET', '/hosts/{hostId}/configuration', {
        tag: TAG,
        summary: 'Get how a host is configured',
        description: 'What it is to be, what it has fetched, and what it says that it is: three documents.',
        errors: ['host.not_found'],
      }),
    )
    .output(hostConfiguration.extend({ feed }))
    .query(({ ctx, input }) => showHostConfiguration(ctx, input.hostId)),

  adopt: canOnHost('configuration.write')
    .meta(
      rest('POST', '/hosts/{hostId}/configuration/adopt', {
        tag: TAG,
        summary: 'Want what a machine has set itself',
        description: 'What agent.yaml sets otherwise is taken into the host’s own layer.',
        errors: ['host.not_found', 'configuration.no_drift', 'configuration.invalid', 'configuration.fleets_disagree'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => adoptDrift(ctx, input.hostId)),

  putBack: canOnHost('configuration.write')
    .meta(
      rest('POST', '/hosts/{hostId}/configuration/put_back', {
        tag: TAG,
        summary: 'Take back what a machine has set itself',
        description: 'Its agent takes it out of agent.yaml, at once or when it is back. What its owner locks stays.',
        errors: ['host.not_found', 'configuration.no_drift'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => putBackDrift(ctx, input.hostId)),

  push: canOnSome('configuration.write')
    .meta(
      rest('POST', '/api/config/push', {
        tag: TAG,
        summary: 'Push configurations',
        description:
          'Lets hosts try what is wanted of them, also what they have tried in vain. Either `targets`, or `config_data` with `push_to_all`, `target_hostname` or `target_platform`, which sets it first.',
        errors: ['host.not_found', 'fleet.not_found', 'configuration.invalid'],
      }),
    )
    .input(push)
    .output(pushed)
    .mutation(({ ctx, input }) => pushTo(ctx, input)),
});
