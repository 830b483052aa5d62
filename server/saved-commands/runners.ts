import { and, asc, count, eq, isNull } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Database, Transaction } from '../../db/client';
import { fleets, lowerEmail, lowerName, savedCommandRunners, savedCommands, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { lockFleet } from '../fleets/write-fleet';
import { logAct } from '../log';
import { textLike } from '../rest/schema';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { holdActor, holdUser } from '../users/hold-user';
import { RUNNERS } from './named-hosts';
import { savedCommandObject } from './saved-command-object';
import { oneOf, demanding } from '../../words/explain-issue';

/** More are a role. */
const MOST = 500;

export const newRunner = z
  .object({
    userId: z.uuid().optional(),
    email: storableText(254)
      .trim()
      .toLowerCase()
      .meta({ description: 'In place of `userId`.', examples: ['runner@example.com'] })
      .optional(),
    role: z
      .enum(RUNNERS)
      .optional()
      .meta({ description: 'Whoever has this role or one that may more, be it on some hosts: on those.' }),
    // A form has a field for it that says nothing.
    fleetId: z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.uuid().optional().meta({ description: 'On its hosts only, as far as they may there.' }),
    ),
  })
  .refine(
    ({ userId, email, role }) => [userId, email, role].filter((one) => one !== undefined).length === 1,
    demanding(oneOf('userId', 'email', 'role')),
  );
type NewRunner = z.infer<typeof newRunner>;

export const runner = z.object({
  id: z.string().meta({ format: 'uuid' }),
  user: z
    .object({
      id: z.string().meta({ format: 'uuid' }),
      email: textLike('runner@example.com'),
      name: textLike('Rita Runner'),
      isDeactivated: z.boolean(),
    })
    .nullable(),
  role: z.enum(RUNNERS).nullable(),
  fleet: z.object({ id: z.string().meta({ format: 'uuid' }), name: textLike('Web') }).nullable(),
});
type Runner = z.infer<typeof runner>;

/** Whom a saved command names, people by their e-mail after the roles. Throws `saved_command.not_found`. */
export async function findRunners(db: Database, savedCommandId: string): Promise<{ runners: Runner[] }> {
  const [saved] = await db.select().from(savedCommands).where(eq(savedCommands.id, savedCommandId));
  if (!saved) throw new AppError('saved_command.not_found');
  return { runners: await selectRunners(db, eq(savedCommandRunners.savedCommandId, savedCommandId)) };
}

async function selectRunners(db: Database | Transaction, where: ReturnType<typeof and>): Promise<Runner[]> {
  const rows = await db
    .select({ runner: savedCommandRunners, user: users, fleet: { id: fleets.id, name: fleets.name } })
    .from(savedCommandRunners)
    .leftJoin(users, eq(users.id, savedCommandRunners.userId))
    .leftJoin(fleets, eq(fleets.id, savedCommandRunners.fleetId))
    .where(where)
    .orderBy(asc(savedCommandRunners.role), asc(users.email), asc(lowerName(fleets.name)));
  return rows.map(({ runner: { id, role }, user, fleet }) => ({
    ...{ id, role, fleet },
    user: user && { id: user.id, email: user.email, name: user.name, isDeactivated: user.deactivatedAt !== null },
  }));
}

/**
 * Names a person or a role to a saved command. Whom it names already it goes on naming. Counts while the saved command
 * is for named ones.
 * @throws `saved_command.not_found`, `saved_command.too_many_runners`, `user.not_found`, `fleet.not_found`
 */
export async function addRunner(
  ctx: SignedIn,
  { savedCommandId, email, role, fleetId, ...said }: NewRunner & { savedCommandId: string },
): Promise<Runner> {
  const named = await ctx.db.transaction(async (tx) => {
    const userId = said.userId ?? (email === undefined ? undefined : await idOf(tx, email));
    if (userId === undefined) await holdActor(tx, ctx, 'users.manage');
    else await holdUser(tx, ctx, userId);
    const saved = await lockSaved(tx, savedCommandId);
    if (fleetId !== undefined) await lockFleet(tx, fleetId);
    const same = and(
      eq(savedCommandRunners.savedCommandId, savedCommandId),
      userId === undefined ? eq(savedCommandRunners.role, role!) : eq(savedCommandRunners.userId, userId),
      fleetId === undefined ? isNull(savedCommandRunners.fleetId) : eq(savedCommandRunners.fleetId, fleetId),
    );
    const [known] = await selectRunners(tx, same);
    if (known) return known;
    const [counted] = await tx
      .select({ runners: count() })
      .from(savedCommandRunners)
      .where(eq(savedCommandRunners.savedCommandId, savedCommandId));
    if (counted!.runners >= MOST) throw new AppError('saved_command.too_many_runners');
    const id = uuidv7();
    await tx.insert(savedCommandRunners).values({ id, savedCommandId, userId, role, fleetId });
    const [made] = await selectRunners(tx, eq(savedCommandRunners.id, id));
    await recordAudit(tx, ctx, {
      action: 'savedCommand.addRunner',
      object: savedCommandObject(saved),
      after: recordOf(made!),
    });
    return made!;
  });
  logAct(ctx, { savedCommandId, ...recordOf(named) }, 'runner of a saved command named');
  return named;
}

/**
 * It is named no more. What it has sent goes on. Throws `saved_command.not_found`, `saved_command.runner_not_found`.
 */
export async function removeRunner(
  ctx: SignedIn,
  { savedCommandId, runnerId }: { savedCommandId: string; runnerId: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await holdActor(tx, ctx, 'users.manage');
    const saved = await lockSaved(tx, savedCommandId);
    const one = and(eq(savedCommandRunners.savedCommandId, savedCommandId), eq(savedCommandRunners.id, runnerId));
    const [known] = await selectRunners(tx, one);
    if (!known) throw new AppError('saved_command.runner_not_found');
    await tx.delete(savedCommandRunners).where(one);
    await recordAudit(tx, ctx, {
      action: 'savedCommand.removeRunner',
      object: savedCommandObject(saved),
      before: recordOf(known),
    });
  });
  logAct(ctx, { savedCommandId, runnerId }, 'runner of a saved command removed');
}

async function idOf(tx: Transaction, email: string): Promise<string> {
  const [user] = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(lowerEmail(users.email), email));
  if (!user) throw new AppError('user.not_found');
  return user.id;
}

async function lockSaved(tx: Transaction, id: string) {
  const [saved] = await tx.select().from(savedCommands).where(eq(savedCommands.id, id)).for('update');
  if (!saved) throw new AppError('saved_command.not_found');
  return saved;
}

const recordOf = ({ user, role, fleet }: Runner) => ({
  ...(user && { user: user.email, userId: user.id }),
  ...(role && { role }),
  ...(fleet && { fleet: fleet.name, fleetId: fleet.id }),
});
