import { rest } from '../rest/operation';
import { canOnHost, canOnSome, router } from '../trpc';
import { factsAnswer, factsAsked, findFacts, historyAnswer, historyAsked, listFactChanges } from './find-facts';
import { findSoftware, softwareAnswer, softwareAsked } from './find-software';

export const factsRouter = router({
  get: canOnHost('hosts.read')
    .meta(
      rest('GET', '/hosts/{hostId}/facts', {
        tag: 'Hosts',
        summary: 'Get what a host is made of',
        description: 'System, hardware, network, storage, users, packages, services, and whether it must be restarted.',
        errors: ['host.not_found'],
      }),
    )
    .input(factsAsked)
    .output(factsAnswer)
    .query(({ ctx, input }) => findFacts(ctx, input)),

  history: canOnHost('hosts.read')
    .meta(
      rest('GET', '/hosts/{hostId}/facts/history', {
        tag: 'Hosts',
        summary: 'List what changed of a host',
        description: 'Latest first, a page at a time. What a host tells first is no change.',
        errors: ['host.not_found'],
      }),
    )
    .input(historyAsked)
    .output(historyAnswer)
    .query(({ ctx, input }) => listFactChanges(ctx, input)),

  software: canOnSome('hosts.read')
    .meta(
      rest('GET', '/software', {
        tag: 'Hosts',
        summary: 'Find hosts by a package',
        description: 'Which hosts have it, and in which version.',
      }),
    )
    .input(softwareAsked)
    .output(softwareAnswer)
    .query(({ ctx, input }) => findSoftware(ctx, input)),
});
