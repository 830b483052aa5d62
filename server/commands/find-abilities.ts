import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { commandAbilities } from '../../agent/commands/protocol';
import { hostAbilities, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { textLike } from '../rest/schema';
import type { SignedIn } from '../trpc';

const limits = z.object({
  forbiddenKinds: z.array(textLike('reboot_system')),
  runAs: z
    .array(textLike('www-data'))
    .nullable()
    .meta({ description: 'The only users that scripts may run as; null: any.' }),
  mayRunAsItself: z.boolean().nullable().meta({ description: 'Whether the agent’s own user is one of them.' }),
  concurrency: z.int().meta({ description: 'Runs at a time.' }),
  outputBytes: z.int().meta({ description: 'Bytes of output that are kept of a run.' }),
});

const said = z
  .object({
    able: z.array(textLike('restart_service')).meta({ description: 'The kinds of commands that it can run.' }),
    unable: z.array(
      z.object({
        kind: textLike('reboot_system'),
        why: textLike('forbidden_here'),
        detail: textLike('commands.forbidden')
          .nullable()
          .meta({ description: 'The tool that is missing, or the rule.' }),
      }),
    ),
    canDryRun: z.array(textLike('install_package')),
    knowsSecurityUpdates: z.boolean(),
    whyNotRunAs: textLike('not_permitted')
      .nullable()
      .meta({ description: 'Why no script can run as another user; null where one can.' }),
    interpreters: z.array(textLike('bash')),
    names: z
      .object({ withSlash: z.boolean(), ofSecurityUpdates: z.boolean() })
      .nullable()
      .meta({
        description:
          'Whether a package may be named with its release or category, and whether security updates may be named.',
      }),
    lock: limits
      .extend({
        own: limits
          .nullable()
          .meta({ description: 'What the machine’s owner has set in agent.yaml. No server can change it.' }),
      })
      .meta({ description: 'What counts: what the owner has set, narrowed by the server’s configuration.' }),
  })
  .meta({ id: 'Abilities' });

export const abilities = z.object({
  abilities: said.nullable().meta({ description: 'Null until it has said so, and for agents that run no commands.' }),
});

/** Which commands a machine says it can run, and what its owner forbids. Throws `host.not_found`. */
export async function findAbilities({ db }: SignedIn, hostId: string): Promise<z.infer<typeof abilities>> {
  const [row] = await db
    .select({ abilities: hostAbilities.abilities })
    .from(hosts)
    .leftJoin(hostAbilities, eq(hostAbilities.hostId, hosts.id))
    .where(eq(hosts.id, hostId));
  if (!row) throw new AppError('host.not_found');
  const { data } = commandAbilities.safeParse(row.abilities);
  if (!data) return { abilities: null };
  const { unable, names = null, lock } = data;
  const limitsOf = (set: Omit<typeof lock, 'own'>) => ({ ...set, mayRunAsItself: set.mayRunAsItself ?? null });
  const { own, ...counts } = lock;
  return {
    abilities: {
      ...{ ...data, names, unable: unable.map(({ detail = null, ...why }) => ({ ...why, detail })) },
      lock: { ...limitsOf(counts), own: own ? limitsOf(own) : null },
    },
  };
}
