import { z } from 'zod';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { can, router } from '../trpc';
import { aboutDiscovery, describeDiscovery } from './describe-discovery';
import { discovery } from './discovery-schema';
import { switchDiscovery } from './switch-discovery';

export const discoveryRouter = router({
  get: can('discovery.read')
    .meta(
      rest('GET', '/discovery', {
        tag: 'Joining',
        summary: 'See discovery',
        description: 'Who tells agents where this server is, which servers were heard, and which machines have asked.',
      }),
    )
    .input(aboutDiscovery)
    .output(discovery)
    .query(({ ctx, input }) => describeDiscovery(ctx, input)),

  switch: can('discovery.manage')
    .meta(
      rest('PUT', '/discovery', {
        tag: 'Joining',
        summary: 'Switch discovery on or off',
        description: 'For all processes of this server. What the configuration switches off stays off.',
        errors: ['discovery.already'],
      }),
    )
    .input(z.object({ to: z.enum(['off', 'on']) }))
    .output(nothing)
    .mutation(({ ctx, input }) => switchDiscovery(ctx, input.to === 'on')),
});
