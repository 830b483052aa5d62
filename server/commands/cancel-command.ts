import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { commandRuns, commands, hosts } from '../../db/schema';
import { recordAudits } from '../audit/record-audit';
import { AppError } from '../errors';
import { hostsWith } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { inParts } from './audited-text';
import { commandObject } from './command-object';
import { visibleCommands } from './find-commands';
import { ENDS_WHEN_CANCELLED, mayBecome } from './runs/run-states';

export const cancellation = z.object({
  commandId: z.uuid(),
  hostIds: z
    .array(z.uuid())
    .min(1)
    .max(1000)
    .optional()
    .meta({
      description: 'On which hosts. On all when left out.',
      examples: [['01890000-0000-7000-8000-000000000000']],
    }),
});

export const cancelled = z.object({
  cancelled: z.int().meta({ description: 'How many hosts had not been told yet, and are not told any more.' }),
  requested: z.int().meta({ description: 'How many were told to stop. What became of it, each says itself.' }),
});

const NAMED = 200;

/**
 * Ends a command wherever it is not over, as far as the caller may. What no machine has been told is `cancelled` at
 * once; the others are told until they have said how it ended. Doing it again does nothing. Throws `command.not_found`.
 */
export async function cancelCommand(
  ctx: SignedIn,
  { commandId, hostIds }: z.infer<typeof cancellation>,
): Promise<z.infer<typeof cancelled>> {
  const by = ctx.session.user.email;
  const { ended, asked } = await ctx.db.transaction(async (tx) => {
    const [command] = await tx
      .select({ kind: commands.kind })
      .from(commands)
      .where(and(eq(commands.id, commandId), visibleCommands(tx, ctx)));
    if (!command) throw new AppError('command.not_found');
    const mine = hostsWith(ctx, 'commands.cancel');
    const open = await tx
      .select({ hostId: commandRuns.hostId })
      .from(commandRuns)
      .innerJoin(hosts, eq(hosts.id, commandRuns.hostId))
      .where(
        and(
          eq(commandRuns.commandId, commandId),
          isNotNull(commandRuns.deadline),
          isNull(commandRuns.cancelRequestedAt),
          mine,
          hostIds && inArray(commandRuns.hostId, hostIds),
        ),
      )
      // As all who lock runs do.
      .orderBy(commandRuns.commandId, commandRuns.hostId)
      .for('update', { of: commandRuns });
    const these = and(
      eq(commandRuns.commandId, commandId),
      inArray(
        commandRuns.hostId,
        open.map(({ hostId }) => hostId),
      ),
    );
    if (open.length === 0) return { ended: [], asked: [] };
    const ended = await tx
      .update(commandRuns)
      .set({ state: 'cancelled', deadline: null, endedAt: sql`now()`, cancelRequestedAt: sql`now()`, cancelledBy: by })
      .where(and(these, ENDS_WHEN_CANCELLED, mayBecome('cancelled')))
      .returning({ hostId: commandRuns.hostId });
    const asked = await tx
      .update(commandRuns)
      .set({ cancelRequestedAt: sql`now()`, cancelledBy: by })
      .where(and(these, isNotNull(commandRuns.deadline)))
      .returning({ hostId: commandRuns.hostId });
    const named = [...ended, ...asked].map(({ hostId }) => hostId);
    const parts = inParts(named, NAMED);
    await recordAudits(
      tx,
      ctx,
      parts.map((hostIds, at) => ({
        action: 'command.cancel',
        object: commandObject({ id: commandId, kind: command.kind }),
        after: {
          ...(parts.length > 1 && { part: at + 1, parts: parts.length }),
          ...{ cancelled: ended.length, requested: asked.length, hostIds },
        },
      })),
    );
    return { ended, asked };
  });
  for (const { hostId } of asked) ctx.events.emit('inbox.changed', { hostId, kind: 'cancel' });
  ctx.events.emit('command.changed', {
    commandId,
    runs: [
      ...ended.map(({ hostId }) => ({ hostId, state: 'cancelled' as const })),
      ...asked.map(({ hostId }) => ({ hostId })),
    ],
  });
  return { cancelled: ended.length, requested: asked.length };
}
