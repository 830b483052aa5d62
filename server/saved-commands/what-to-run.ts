import { eq, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { savedCommands } from '../../db/schema';
import { type CommandDraft, type CommandInput, type Fault, faultsOf, parametersOf } from '../commands/command-schema';
import { mayAnywhere } from '../auth/permissions';
import { AppError } from '../errors';
import { hostsWith } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { fillIn, readValues } from './fill-in';
import { byPlaceholder } from './judge-template';
import { hostsNamed } from './named-hosts';
import { openSaved } from './open-saved';
import { saying } from '../../words/explain-issue';

/** A kind with its parameters, the saved command that they come from, and where the caller may run it. */
export interface WhatToRun extends CommandInput {
  saved: { id: string; name: string; version: number } | null;
  /** A condition on `host`; undefined for all. */
  where: SQL | undefined;
}

/**
 * What a draft says to run, for who may have that run. A script takes `commands.shell`, but for one that is saved for
 * others: then whoever saved it has answered for its text, and the caller gives values and nothing else. One that is
 * for named ones is run by those and by who may run scripts, who could as well run what it says.
 * @param db within a transaction the saved command stays until its end
 * @throws `auth.forbidden`, `saved_command.not_found`, `saved_command.changed`,
 * `saved_command.secret_lost`, `input.invalid` by the placeholders
 */
export async function whatToRun(db: Database | Transaction, ctx: SignedIn, draft: CommandDraft): Promise<WhatToRun> {
  const { kind, savedCommandId, savedCommandVersion, parameters: given } = draft;
  const mayRun = mayAnywhere(ctx.session, 'commands.run');
  const mayRunScripts = mayRun && ctx.session.permissions.has('commands.shell');
  // Whoever may run what names them and nothing else is let through for that only.
  const requireRun = () => {
    if (!mayRun) throw new AppError('auth.forbidden');
  };
  if (savedCommandId === undefined) {
    requireRun();
    const command = { kind: kind!, parameters: given };
    if (command.kind === 'execute_shell' && !mayRunScripts) throw new AppError('auth.forbidden');
    return {
      kind: command.kind,
      parameters: parametersOf(command),
      saved: null,
      where: hostsWith(ctx, 'commands.run'),
    };
  }
  const [saved] = await db
    .select()
    .from(savedCommands)
    .where(eq(savedCommands.id, savedCommandId))
    // What is sent names it: it must not go meanwhile.
    .for('key share');
  if (!saved) throw new AppError('saved_command.not_found');
  const named = saved.runBy === 'named' && !mayRunScripts ? await hostsNamed(db, ctx, saved.id) : undefined;
  if (named === null || (saved.runBy === 'commands.shell' && !mayRunScripts)) throw new AppError('auth.forbidden');
  if (!named) requireRun();
  if (savedCommandVersion !== undefined && savedCommandVersion !== saved.version)
    throw new AppError('saved_command.changed');
  const template = {
    kind: saved.kind as CommandInput['kind'],
    parameters: openSaved(ctx, saved),
    placeholders: saved.placeholders,
  };
  const { values, faults } = readValues(template.placeholders, given);
  if (faults.length > 0) throw invalid(faults);
  const command = { kind: template.kind, parameters: fillIn(template, values) };
  const wrong = faultsOf(command);
  if (wrong.length > 0) throw invalid(byPlaceholder(template.parameters, values, wrong));
  return {
    ...command,
    parameters: parametersOf(command),
    saved: { id: saved.id, name: saved.name, version: saved.version },
    where: named ?? hostsWith(ctx, 'commands.run'),
  };
}

function invalid(faults: Fault[]): AppError {
  const issues = faults.map(({ path, said }) => ({
    ...{ code: 'custom' as const, path: ['parameters', ...path], ...saying(said) },
    input: undefined,
  }));
  return new AppError('input.invalid', { cause: new z.ZodError(issues) });
}
