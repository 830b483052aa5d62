import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Transaction } from '../../db/client';
import { violates } from '../../db/errors';
import { savedCommandRunners, savedCommands } from '../../db/schema';
import { recordAudits } from '../audit/record-audit';
import { auditedText } from '../commands/audited-text';
import type { CommandInput } from '../commands/command-schema';
import { withoutSecrets } from '../commands/secret-parameters';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { findSavedCommand } from './find-saved-commands';
import { openSaved } from './open-saved';
import { savedCommandObject } from './saved-command-object';
import {
  judgeSaved,
  type NewSavedCommand,
  type SavedCommandChanges,
  type SavedCommandRow,
} from './saved-command-schema';

type Stored = typeof savedCommands.$inferSelect;
type Kind = CommandInput['kind'];

/** Keeps a command under a name. Throws `auth.forbidden`, `saved_command.name_taken`. */
export async function createSavedCommand(ctx: SignedIn, given: NewSavedCommand): Promise<SavedCommandRow> {
  const said = { ...given, runBy: given.runBy ?? ownRight(given.kind) };
  requireWriter(ctx, said);
  const id = uuidv7();
  const by = ctx.session.user.email;
  await unlessTaken(() =>
    ctx.db.transaction(async (tx) => {
      const { secretParameters } = ctx;
      const row = { ...said, id, parameters: secretParameters.seal(id, said.parameters) };
      await tx.insert(savedCommands).values({ ...row, createdBy: by, updatedBy: by });
      await recordWritten(tx, ctx, 'savedCommand.create', { ...row, version: 1 });
    }),
  );
  logAct(ctx, { savedCommandId: id, savedCommand: said.name }, 'command saved');
  return findSavedCommand(ctx, id);
}

/**
 * Changes a saved command; what is left out stays as it is. What was sent from it stays as it was sent.
 * @throws `saved_command.not_found`, `auth.forbidden`, `saved_command.changed`, `saved_command.name_taken`,
 * `saved_command.secret_lost` where something of it is to stay that cannot be opened,
 * `input.invalid` when the whole of it makes no sense
 */
export async function updateSavedCommand(
  ctx: SignedIn,
  { savedCommandId, version, ...said }: SavedCommandChanges & { savedCommandId: string },
): Promise<SavedCommandRow> {
  const by = ctx.session.user.email;
  await unlessTaken(() =>
    ctx.db.transaction(async (tx) => {
      const before = await lockSavedCommand(tx, savedCommandId);
      requireWriter(ctx, before);
      if (version !== undefined && version !== before.version) throw new AppError('saved_command.changed');
      const { name = before.name, description = before.description, runBy = before.runBy } = said;
      const open = () => openSaved(ctx, before);
      const parameters = said.parameters ? keepSecrets(said.parameters, open) : open();
      const now = judged({ ...before, name, description, runBy, parameters, ...placeholdersOf(said) });
      requireWriter(ctx, now);
      await requireNamer(tx, ctx, before, said);
      const row = {
        ...now,
        version: before.version + 1,
        parameters: ctx.secretParameters.seal(savedCommandId, parameters),
      };
      await tx
        .update(savedCommands)
        .set({ ...row, updatedBy: by, updatedAt: new Date() })
        .where(eq(savedCommands.id, savedCommandId));
      await recordWritten(tx, ctx, 'savedCommand.update', row, before);
    }),
  );
  logAct(ctx, { savedCommandId }, 'saved command changed');
  return findSavedCommand(ctx, savedCommandId);
}

/** Nobody runs it any more. What was sent from it goes on, and stays. Throws as `updateSavedCommand`. */
export async function deleteSavedCommand(ctx: SignedIn, savedCommandId: string): Promise<void> {
  const { name } = await ctx.db.transaction(async (tx) => {
    const before = await lockSavedCommand(tx, savedCommandId);
    requireWriter(ctx, before);
    await tx.delete(savedCommands).where(eq(savedCommands.id, savedCommandId));
    await recordAudits(tx, ctx, [
      { action: 'savedCommand.delete', object: savedCommandObject(before), before: summaryOf(before) },
    ]);
    return before;
  });
  logAct(ctx, { savedCommandId, savedCommand: name }, 'saved command deleted');
}

/**
 * Who saves a script gives it to people who may run none, so that it takes somebody who may; and nobody gives away what
 * they could not run themselves.
 */
function requireWriter({ session }: SignedIn, { kind, runBy }: Pick<Stored, 'kind' | 'runBy'>): void {
  const needs = kind === 'execute_shell' || runBy === 'commands.shell';
  if (needs && !session.permissions.has('commands.shell')) throw new AppError('auth.forbidden');
}

/**
 * What is changed of a command that names people is what they may run from then on: it takes who may name them. Its
 * name and description do not, nor what its own form sends back as it was.
 */
async function requireNamer(
  tx: Transaction,
  { session }: SignedIn,
  before: Stored,
  { runBy = before.runBy, parameters, placeholders }: SavedCommandChanges,
): Promise<void> {
  if (session.permissions.has('users.manage') || (before.runBy !== 'named' && runBy !== 'named')) return;
  const isOther = (said: unknown, was: unknown) =>
    said !== undefined && !isDeepStrictEqual(JSON.parse(JSON.stringify(said)), was);
  const isChanged =
    runBy !== before.runBy ||
    // A secret that is left is sent empty, as it is shown.
    isOther(parameters, withoutSecrets(before.parameters)) ||
    isOther(placeholders, before.placeholders);
  if (!isChanged) return;
  const runners = tx.select().from(savedCommandRunners).where(eq(savedCommandRunners.savedCommandId, before.id));
  if ((await runners.limit(1)).length > 0) throw new AppError('auth.forbidden');
}

/** What it takes to send such a command oneself. */
const ownRight = (kind: Kind) => (kind === 'execute_shell' ? 'commands.shell' : 'commands.run');

async function lockSavedCommand(tx: Transaction, id: string): Promise<Stored> {
  const [row] = await tx.select().from(savedCommands).where(eq(savedCommands.id, id)).for('update');
  if (!row) throw new AppError('saved_command.not_found');
  return row;
}

const placeholdersOf = ({ placeholders }: SavedCommandChanges) => placeholders && { placeholders };

/** As a whole: parameters and placeholders may each be right and not fit. */
function judged<Saved extends Pick<Stored, 'parameters' | 'placeholders' | 'kind'>>(saved: Saved): Saved {
  const { kind, parameters, placeholders } = saved;
  const { error } = z
    .custom<Parameters<typeof judgeSaved>[0]>()
    .superRefine(judgeSaved)
    .safeParse({ kind: kind as Kind, parameters, placeholders });
  if (error) throw new AppError('input.invalid', { cause: error });
  return saved;
}

interface Variable {
  name: string;
  value: string;
  isSecret?: boolean;
}

/**
 * Nobody is shown the value of a secret variable, so that forms send none back: it stays what it was. What was before
 * is opened only for that: values that the server can open no more can be written anew.
 */
function keepSecrets(
  parameters: Record<string, unknown>,
  open: () => Record<string, unknown>,
): Record<string, unknown> {
  if (!Array.isArray(parameters.environment)) return parameters;
  const isLeft = (variable: Partial<Variable>) => variable?.isSecret === true && variable.value === '';
  const given = parameters.environment as Partial<Variable>[];
  if (!given.some(isLeft)) return parameters;
  const known = (open().environment as Variable[] | undefined)?.filter(({ isSecret }) => isSecret) ?? [];
  const environment = given.map((variable) => {
    const kept = isLeft(variable) && known.find(({ name }) => name === variable.name);
    return kept ? { ...variable, value: kept.value } : variable;
  });
  return { ...parameters, environment };
}

const summaryOf = ({
  name,
  description,
  kind,
  runBy,
  version,
}: Pick<Stored, 'name' | 'description' | 'kind' | 'runBy' | 'version'>) => ({
  ...{ name, description, kind, runBy, version },
});

/** With its full text, in as many records as that takes. */
async function recordWritten(
  tx: Transaction,
  ctx: SignedIn,
  action: 'savedCommand.create' | 'savedCommand.update',
  now: Pick<Stored, 'id' | 'name' | 'description' | 'kind' | 'runBy' | 'version' | 'parameters' | 'placeholders'>,
  before?: Stored,
): Promise<void> {
  const { placeholders } = now;
  const { records, digest } = auditedText({
    ...withoutSecrets(now.parameters),
    ...(placeholders.length > 0 && { placeholders }),
  });
  const parts = records.length > 0 ? records.map((parameters) => ({ parameters })) : [{}];
  await recordAudits(
    tx,
    ctx,
    parts.map((part, at) => ({
      action,
      object: savedCommandObject(now),
      ...(before && at === 0 && { before: summaryOf(before) }),
      after: {
        ...(parts.length > 1 && { part: at + 1, parts: parts.length }),
        ...(at === 0 && { ...summaryOf(now), ...(digest && { parametersSha256: digest }) }),
        ...part,
      },
    })),
  );
}

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  return write().catch((error: unknown) => {
    throw violates(error, 'saved_command_name_unique') ? new AppError('saved_command.name_taken') : error;
  });
}
