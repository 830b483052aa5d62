import { rest } from '../rest/operation';
import { canOnSome, router } from '../trpc';
import { ansibleInventory, readAnsibleInventory } from './ansible-inventory';
import { inventoryFilter } from './find-inventory';
import { prometheusTargets, readPrometheusTargets, targetsQuery } from './prometheus-targets';
import { scrape } from './scrapes';

/** The approved hosts, for other programs that work on them. */
export const inventoryRouter = router({
  ansible: canOnSome('hosts.read')
    .meta(
      rest('GET', '/inventory/ansible', {
        tag: 'Hosts',
        summary: 'List hosts for Ansible',
        description:
          'What an inventory script prints: fleets, tags, platforms and states as groups of the approved hosts.',
        errors: ['request.too_many'],
      }),
    )
    .input(inventoryFilter)
    .output(ansibleInventory)
    .query(({ ctx, input }) => scrape(ctx, () => readAnsibleInventory(ctx, input))),

  prometheus: canOnSome('hosts.read')
    .meta(
      rest('GET', '/prometheus/targets', {
        tag: 'Hosts',
        summary: 'List hosts for Prometheus',
        description: 'What HTTP service discovery takes: a target for each approved host, with labels to relabel by.',
        errors: ['request.too_many'],
      }),
    )
    .input(targetsQuery)
    .output(prometheusTargets)
    .query(({ ctx, input }) => scrape(ctx, () => readPrometheusTargets(ctx, input))),
});
