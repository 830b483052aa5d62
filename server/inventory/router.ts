import { rest } from '../rest/operation';
import { canOnSome, router } from '../trpc';
import { ansibleInventory, readAnsibleInventory } from './ansible-inventory';
import { inventoryFilter } from './find-inventory';
import { prometheusTargets, readPrometheusTargets, targetsQuery } from './prometheus-targets';

/** The approved hosts, for other programs that work on them. */
export const inventoryRouter = router({
  ansible: canOnSome('hosts.read')
    .meta(
      rest('GET', '/inventory/ansible', {
        tag: 'Hosts',
        summary: 'List hosts for Ansible',
        description:
          'What an inventory script prints: fleets, tags, platforms and states as groups of the approved hosts.',
      }),
    )
    .input(inventoryFilter)
    .output(ansibleInventory)
    .query(({ ctx, input }) => ctx.scrapes.make(ctx, 'ansible', () => readAnsibleInventory(ctx, input))),

  prometheus: canOnSome('hosts.read')
    .meta(
      rest('GET', '/prometheus/targets', {
        tag: 'Hosts',
        summary: 'List hosts for Prometheus',
        description: 'What HTTP service discovery takes: a target for each approved host, with labels to relabel by.',
      }),
    )
    .input(targetsQuery)
    .output(prometheusTargets)
    .query(({ ctx, input }) => ctx.scrapes.make(ctx, 'targets', () => readPrometheusTargets(ctx, input))),
});
