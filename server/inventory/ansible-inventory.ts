import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SignedIn } from '../trpc';
import { findInventory, type InventoryHost, type inventoryFilter } from './find-inventory';

const group = z.object({ hosts: z.array(z.string()) });
const hostVariables = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/**
 * What an inventory script prints for `--list`
 * (docs.ansible.com, "Developing dynamic inventory": *Inventory script conventions*).
 */
export const ansibleInventory = z
  .object({
    _meta: z.object({ hostvars: z.record(z.string(), hostVariables) }),
    all: z.object({ children: z.array(z.string()) }),
  })
  .catchall(group)
  .meta({
    examples: [
      {
        _meta: { hostvars: { 'web-01.example.com': { sysmanage_state: 'up' } } },
        all: { children: ['ungrouped', 'fleet_shop', 'platform_linux'] },
        fleet_shop: { hosts: ['web-01.example.com'] },
        platform_linux: { hosts: ['web-01.example.com'] },
      },
    ],
  });

/** Fleets, tags, platforms and states as groups of the approved hosts that the caller may see. */
export async function readAnsibleInventory(
  ctx: SignedIn,
  filter: z.infer<typeof inventoryFilter>,
): Promise<z.infer<typeof ansibleInventory>> {
  const hosts = await findInventory(ctx, filter);
  const ofHost = new Map(hosts.map((host) => [host, labelsOf(host)]));
  const names = groupNames([...ofHost.values()].flat());
  const groups: Record<string, { hosts: string[] }> = {};
  for (const [host, labels] of ofHost)
    for (const label of labels) (groups[names.get(label)!] ??= { hosts: [] }).hosts.push(host.fqdn);
  const hostvars = Object.fromEntries(hosts.map((host) => [host.fqdn, variablesOf(host)]));
  const all = { children: ['ungrouped', ...Object.keys(groups).sort()] };
  // Zod's type of it says that `all` is a group of hosts like the others.
  return { ...groups, all, _meta: { hostvars } } as unknown as z.infer<typeof ansibleInventory>;
}

/** What a host is grouped by: a kind and a name, which no group of Ansible's own can be. */
const labelsOf = (host: InventoryHost): string[] => [
  ...host.fleets.map((name) => `fleet_${name}`),
  ...host.tags.map((tag) => `tag_${tag}`),
  // Never one of those before: a group has variables and secrets, and a machine would choose which it gets.
  ...host.agentTags.map((tag) => `machine_tag_${tag}`),
  `platform_${host.platform}`,
  `state_${host.state}`,
];

/**
 * Ansible's groups are identifiers. Where two labels would become the same one, each gets a part of its hash: the hosts
 * of two fleets never become one group.
 */
function groupNames(labels: readonly string[]): ReadonlyMap<string, string> {
  const plain = (label: string) => label.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const different = [...new Set(labels)];
  const taken = new Map<string, number>();
  for (const label of different) taken.set(plain(label), (taken.get(plain(label)) ?? 0) + 1);
  return new Map(
    different.map((label) => {
      const name = plain(label);
      return [label, taken.get(name)! > 1 || name.endsWith('_') ? `${name}_${shortHash(label)}` : name];
    }),
  );
}

const shortHash = (label: string) => createHash('sha256').update(label).digest('hex').slice(0, 8);

/**
 * A machine says some of these of itself, and Ansible takes variables for templates, which run programs where it runs:
 * a text that could be one is left out.
 */
function variablesOf(host: InventoryHost): z.infer<typeof hostVariables> {
  const variables = {
    sysmanage_id: host.id,
    sysmanage_state: host.state,
    sysmanage_platform: host.platform,
    sysmanage_os_name: host.osName,
    sysmanage_os_version: host.osVersion,
    sysmanage_agent_version: host.agentVersion,
    sysmanage_addresses: host.addresses,
    sysmanage_tags: host.tags,
    sysmanage_machine_tags: host.agentTags,
  };
  const plain: z.infer<typeof hostVariables> = {};
  for (const [name, value] of Object.entries(variables))
    if (Array.isArray(value)) plain[name] = value.filter(isPlain);
    else if (isPlain(value)) plain[name] = value;
  return plain;
}

const isPlain = (text: string) => !/[{}]/.test(text);
