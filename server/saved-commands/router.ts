import { z } from 'zod';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { can, canOnSome, router } from '../trpc';
import { findSavedCommand, listSavedCommands, savedCommandQuery } from './find-saved-commands';
import { addRunner, findRunners, newRunner, removeRunner, runner } from './runners';
import {
  newSavedCommand,
  SAVED_EXAMPLE,
  savedCommandChanges,
  savedCommandPage,
  savedCommandRow,
} from './saved-command-schema';
import { createSavedCommand, deleteSavedCommand, updateSavedCommand } from './write-saved-command';

const oneSavedCommand = z.object({ savedCommandId: z.uuid() });

const WHO = 'One of a script, or for administrators, takes the permission `commands.shell` as well.';

export const savedCommandsRouter = router({
  list: canOnSome('commands.read')
    .meta(
      rest('GET', '/saved-commands', {
        tag: 'Commands',
        summary: 'List saved commands',
        description: 'By name, a page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(savedCommandQuery)
    .output(savedCommandPage)
    .query(({ ctx, input }) => listSavedCommands(ctx, input)),

  byId: canOnSome('commands.read')
    .meta(
      rest('GET', '/saved-commands/{savedCommandId}', {
        tag: 'Commands',
        summary: 'Get a saved command',
        errors: ['saved_command.not_found'],
      }),
    )
    .input(oneSavedCommand)
    .output(savedCommandRow)
    .query(({ ctx, input }) => findSavedCommand(ctx, input.savedCommandId)),

  create: can('commands.run')
    .meta(
      rest('POST', '/saved-commands', {
        tag: 'Commands',
        summary: 'Save a command',
        description: `Under a name, with placeholders for what is to be said when it is run. ${WHO}`,
        errors: ['saved_command.name_taken'],
        example: { ...SAVED_EXAMPLE, kind: 'restart_service' },
      }),
    )
    .input(newSavedCommand)
    .output(savedCommandRow)
    .mutation(({ ctx, input }) => createSavedCommand(ctx, input)),

  update: can('commands.run')
    .meta(
      rest('PATCH', '/saved-commands/{savedCommandId}', {
        tag: 'Commands',
        summary: 'Change a saved command',
        description: `What is left out stays as it is, and so does what was sent from it. ${WHO}`,
        errors: [
          'saved_command.not_found',
          'saved_command.changed',
          'saved_command.name_taken',
          'saved_command.secret_lost',
        ],
        example: { ...SAVED_EXAMPLE, version: 1 },
      }),
    )
    .input(savedCommandChanges.extend(oneSavedCommand.shape))
    .output(savedCommandRow)
    .mutation(({ ctx, input }) => updateSavedCommand(ctx, input)),

  delete: can('commands.run')
    .meta(
      rest('DELETE', '/saved-commands/{savedCommandId}', {
        tag: 'Commands',
        summary: 'Forget a saved command',
        description: `What was sent from it goes on and stays. ${WHO}`,
        errors: ['saved_command.not_found'],
      }),
    )
    .input(oneSavedCommand)
    .output(nothing)
    .mutation(({ ctx, input }) => deleteSavedCommand(ctx, input.savedCommandId)),

  /** Whom it names: that is about people. */
  runners: can('users.read')
    .meta(
      rest('GET', '/saved-commands/{savedCommandId}/runners', {
        tag: 'Commands',
        summary: 'See who may run a saved command',
        description: 'Whom it names. They count while its `runBy` is `named`.',
        errors: ['saved_command.not_found'],
      }),
    )
    .input(oneSavedCommand)
    .output(z.object({ runners: z.array(runner) }))
    .query(({ ctx, input }) => findRunners(ctx.db, input.savedCommandId)),

  addRunner: can('users.manage')
    .meta(
      rest('POST', '/saved-commands/{savedCommandId}/runners', {
        tag: 'Commands',
        summary: 'Name who may run a saved command',
        description:
          'A person or a role, on all hosts where they may run what names them, or on those of one fleet. Runners may run nothing else.',
        errors: ['saved_command.not_found', 'saved_command.too_many_runners', 'user.not_found', 'fleet.not_found'],
        example: { role: 'runner' },
      }),
    )
    .input(newRunner.safeExtend(oneSavedCommand.shape))
    .output(runner)
    .mutation(({ ctx, input }) => addRunner(ctx, input)),

  removeRunner: can('users.manage')
    .meta(
      rest('DELETE', '/saved-commands/{savedCommandId}/runners/{runnerId}', {
        tag: 'Commands',
        summary: 'Name them no more',
        description: 'What they have sent goes on.',
        errors: ['saved_command.not_found', 'saved_command.runner_not_found'],
      }),
    )
    .input(oneSavedCommand.extend({ runnerId: z.uuid() }))
    .output(nothing)
    .mutation(({ ctx, input }) => removeRunner(ctx, input)),
});
