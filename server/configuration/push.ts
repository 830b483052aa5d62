import { z } from 'zod';
import { AppError } from '../errors';
import { fromText, textLike } from '../rest/schema';
import type { SignedIn } from '../trpc';
import { pushConfiguration, pushedHosts, targets } from './push-configuration';
import { demandDocument } from './read-document';
import { documentInput, textOf } from './layers/save-layer';
import { setValues, type Whose } from './set-values';

/** `targets`, or what scripts for the first SysManage say: `config_data`, and one way to name whose it is. */
export const push = z.object({
  targets: targets.optional(),
  config_data: documentInput
    .optional()
    .meta({
      description: 'Keys to set: of all hosts, or of each that is named. Instead of `targets`.',
      examples: [{ log: { level: 'debug' } }],
    }),
  target_hostname: z
    .string()
    .max(253)
    .meta({ examples: ['web-01.example.com'] })
    .nullish(),
  target_platform: z
    .string()
    .max(50)
    .meta({ examples: ['Linux'] })
    .nullish(),
  push_to_all: fromText(z.boolean()).optional(),
});

/** `hosts`, and the same in the words of the first SysManage. */
export const pushed = z.object({
  hosts: pushedHosts,
  message: textLike('Configuration pushed'),
  results: z
    .record(z.string(), z.boolean())
    .meta({ description: 'By name, whether it hears at once.', examples: [{ 'web-01.example.com': true }] }),
  total_agents: z.number().int(),
  successful: z.number().int(),
  successful_sends: z.number().int(),
  target: textLike('web-01.example.com').nullable(),
  platform: textLike('linux').nullable(),
});

/**
 * Lets hosts try what is wanted of them, after setting `config_data` where there is some. Throws `input.invalid`,
 * `configuration.invalid`, `host.not_found`, `auth.forbidden`.
 */
export async function pushTo(ctx: SignedIn, input: z.infer<typeof push>): Promise<z.infer<typeof pushed>> {
  const { targets: named, config_data: data } = input;
  if ((named === undefined) === (data === undefined)) throw new AppError('input.invalid');
  const to = named ?? (await setValues(ctx, demandDocument(textOf(data!)), whoseOf(input)));
  const hosts = await pushConfiguration(ctx, to);
  const successful = hosts.filter(({ isConnected }) => isConnected).length;
  return {
    hosts,
    message: 'Configuration pushed',
    results: Object.fromEntries(hosts.map(({ fqdn, isConnected }) => [fqdn, isConnected])),
    total_agents: hosts.length,
    successful,
    successful_sends: successful,
    target: input.target_hostname ?? null,
    platform: input.target_platform ?? null,
  };
}

/** In the order in which the first SysManage looks at them. */
function whoseOf({ push_to_all, target_hostname, target_platform }: z.infer<typeof push>): Whose {
  if (push_to_all) return { all: true };
  if (target_hostname) return { hostname: target_hostname };
  if (target_platform) return { platform: target_platform };
  throw new AppError('input.invalid');
}
