import { z } from 'zod';
import { fromText } from '../rest/schema';
import type { SignedIn } from '../trpc';
import { findInventory, inventoryFilter } from './find-inventory';

export const targetsQuery = inventoryFilter.extend({
  port: fromText(z.number().int().min(1).max(65535))
    .default(9100)
    .meta({ description: 'Where they are scraped; 9100, which is the node exporter’s, when left out.' }),
});

/** prometheus.io, "Writing HTTP service discovery": a list of target groups. */
export const prometheusTargets = z.array(
  z.object({
    targets: z.array(z.string()).meta({ examples: [['web-01.example.com:9100']] }),
    labels: z.record(z.string(), z.string()).meta({ examples: [{ __meta_sysmanage_platform: 'linux' }] }),
  }),
);

/**
 * One group a host, so that each has its labels. Fleets and tags have a comma on both sides, as Prometheus' own
 * discoveries write lists: a relabelling looks for `.*,env:prod,.*`.
 */
export async function readPrometheusTargets(
  ctx: SignedIn,
  { port, ...filter }: z.infer<typeof targetsQuery>,
): Promise<z.infer<typeof prometheusTargets>> {
  const hosts = await findInventory(ctx, filter);
  return hosts.map((host) => ({
    targets: [`${host.fqdn}:${port}`],
    labels: {
      __meta_sysmanage_host_id: host.id,
      __meta_sysmanage_fqdn: host.fqdn,
      __meta_sysmanage_platform: host.platform,
      __meta_sysmanage_state: host.state,
      __meta_sysmanage_os_name: host.osName,
      __meta_sysmanage_os_version: host.osVersion,
      __meta_sysmanage_fleets: listed(host.fleets),
      __meta_sysmanage_tags: listed(host.tags),
      __meta_sysmanage_machine_tags: listed(host.agentTags),
    },
  }));
}

const listed = (names: string[]) => (names.length === 0 ? '' : `,${names.join(',')},`);
