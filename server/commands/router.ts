import { z } from 'zod';
import { rest } from '../rest/operation';
import { canOnHost, canOnSome, router } from '../trpc';
import { cancelCommand, cancellation, cancelled } from './cancel-command';
import { commandDraft, commandPage, commandRow, DRAFT_EXAMPLE, newCommand, runPage } from './command-schema';
import { abilities, findAbilities } from './find-abilities';
import { commandQuery, findCommand, findSentCommand, listCommands } from './find-commands';
import { differences, findDifferences } from './output/find-differences';
import { findRun, listRuns, listSquares, runQuery, squareQuery } from './runs/find-runs';
import { kindList, listKinds } from './list-kinds';
import { commandPreview, previewCommand } from './preview-command';
import { findOutput, outputFile, outputQuery, streamOutput } from './output/read-output';
import { mayRunSaved } from '../saved-commands/find-saved-commands';
import { sendCommand } from './send-command';

const oneCommand = z.object({ commandId: z.uuid() });
const oneRun = oneCommand.extend({ hostId: z.uuid() });

export const commandsRouter = router({
  send: canOnSome('commands.runNamed', 'commands.run')
    .meta(
      rest('POST', '/commands', {
        tag: 'Commands',
        summary: 'Send a command',
        description:
          'To the hosts that `targets` names now, as far as you may. They are told at once, or when they are back. A script takes the permission `commands.shell` as well, but for a saved one that is for others too.',
        errors: [
          ...(['command.no_targets', 'command.targets_missing', 'command.targets_changed'] as const),
          ...(['saved_command.not_found', 'saved_command.changed', 'saved_command.secret_lost'] as const),
        ],
        example: { ...DRAFT_EXAMPLE, timeoutSeconds: 600, targetCount: 1 },
      }),
    )
    .input(newCommand)
    .output(commandRow)
    .mutation(async ({ ctx, input }) => findSentCommand(ctx, await sendCommand(ctx, input))),

  preview: canOnSome('commands.runNamed', 'commands.run')
    .meta(
      rest('POST', '/commands/preview', {
        tag: 'Commands',
        summary: 'See to how many hosts a command would be sent',
        description: 'And how many of them say that they cannot run it. Nothing is sent.',
        errors: ['saved_command.not_found', 'saved_command.changed', 'saved_command.secret_lost'],
        example: DRAFT_EXAMPLE,
      }),
    )
    .input(commandDraft)
    .output(commandPreview)
    .query(({ ctx, input }) => previewCommand(ctx, input)),

  kinds: canOnSome('commands.read')
    .meta(
      rest('GET', '/commands/kinds', {
        tag: 'Commands',
        summary: 'List kinds of commands',
        description: 'Each with its parameters as JSON Schema.',
      }),
    )
    .output(kindList)
    .query(() => listKinds()),

  list: canOnSome('commands.read')
    .meta(
      rest('GET', '/commands', {
        tag: 'Commands',
        summary: 'List commands',
        description: 'Latest first, a page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(commandQuery)
    .output(commandPage)
    .query(async ({ ctx, input }) => ({ feed: ctx.hub.cursor(), ...(await listCommands(ctx, input)) })),

  byId: canOnSome('commands.read')
    .meta(
      rest('GET', '/commands/{commandId}', {
        tag: 'Commands',
        summary: 'Get a command',
        errors: ['command.not_found'],
      }),
    )
    .input(oneCommand)
    .output(commandRow)
    .query(({ ctx, input }) => findCommand(ctx, input.commandId)),

  runs: canOnSome('commands.read')
    .meta(
      rest('GET', '/commands/{commandId}/runs', {
        tag: 'Commands',
        summary: 'List a command’s runs',
        description: 'One a host, failures first, a page at a time. Go on with `cursor` until `nextCursor` is null.',
        errors: ['command.not_found'],
      }),
    )
    .input(runQuery)
    .output(runPage)
    .query(({ ctx, input }) => listRuns(ctx, input)),

  differences: canOnSome('commands.read')
    .meta(
      rest('GET', '/commands/{commandId}/differences', {
        tag: 'Commands',
        summary: 'See which hosts wrote the same',
        description: 'Hosts of a command grouped by equal output, the most first.',
        errors: ['command.not_found'],
      }),
    )
    .input(oneCommand)
    .output(differences)
    .query(({ ctx, input }) => findDifferences(ctx, input.commandId)),

  abilities: canOnHost('commands.read')
    .meta(
      rest('GET', '/hosts/{hostId}/abilities', {
        tag: 'Commands',
        summary: 'See which commands a host can run',
        description: 'As its machine says, with what its owner has set in agent.yaml.',
        errors: ['host.not_found'],
      }),
    )
    .input(z.object({ hostId: z.uuid() }))
    .output(abilities)
    .query(({ ctx, input }) => findAbilities(ctx, input.hostId)),

  cancel: canOnSome('commands.cancel')
    .meta(
      rest('POST', '/commands/{commandId}/cancel', {
        tag: 'Commands',
        summary: 'Cancel a command',
        description:
          'Wherever it is not over. Hosts that have been told stop what they run; each says itself how it ended.',
        errors: ['command.not_found'],
      }),
    )
    .input(cancellation)
    .output(cancelled)
    .mutation(({ ctx, input }) => cancelCommand(ctx, input)),

  /** What a page shows of a command: `feed` is where its live stream goes on from. */
  page: canOnSome('commands.read')
    .input(squareQuery)
    .query(async ({ ctx, input }) => {
      const feed = ctx.hub.cursor();
      const command = await findCommand(ctx, input.commandId);
      const saved = command.savedCommand?.id;
      // Null where it is of none that is there still.
      const mayRunSavedAgain = saved ? await mayRunSaved(ctx, saved) : null;
      return { feed, command, mayRunSavedAgain, ...(await listSquares(ctx, input)) };
    }),

  run: canOnSome('commands.read')
    .input(oneRun)
    .query(async ({ ctx, input }) => ({ feed: ctx.hub.cursor(), run: await findRun(ctx, input) })),

  output: canOnSome('commands.read')
    .input(outputQuery)
    .query(({ ctx, input }) => findOutput(ctx, input)),

  /** A file's bytes, piece by piece. As a download and in no other way: `serveOutput`. */
  outputFile: canOnSome('commands.read')
    .input(outputFile)
    .subscription(({ ctx, input }) => streamOutput(ctx, input)),
});
