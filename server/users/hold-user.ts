import { and, asc, eq, isNotNull, isNull, or, type SQL } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { lowerEmail, users } from '../../db/schema';
import { findRights } from '../auth/find-rights';
import { type Permission, permissionsOf, type Role } from '../auth/permissions';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

export type User = typeof users.$inferSelect;

/**
 * The row of who acts, held until the transaction ends, once it is certain that they still may: what the guard saw was
 * so when the request came in, and whoever is being shut out would undo it with the requests that wait meanwhile.
 * Everything that changes what people may do goes through here. Throws `auth.required`, `auth.forbidden`.
 * @param permission null for what anybody may who is signed in
 */
export async function holdActor(tx: Transaction, ctx: SignedIn, permission: Permission | null): Promise<User> {
  const rows = await hold(tx, ctx, permission);
  return rows.find(({ id }) => id === ctx.session.user.id)!;
}

/**
 * The row of the user whom it is done to, held like that of who acts. Throws `auth.required`, `auth.forbidden`,
 * `user.not_found`.
 */
export async function holdUser(tx: Transaction, ctx: SignedIn, userId: string): Promise<User> {
  return theOne(await hold(tx, ctx, 'users.manage', eq(users.id, userId)), userId);
}

/**
 * The row of the user with this e-mail, held, for whoever is at the server's own files and needs nobody's leave. Throws
 * `user.not_found`.
 */
export async function holdByEmail(tx: Transaction, email: string): Promise<User> {
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(lowerEmail(users.email), email.toLowerCase()))
    .for('no key update');
  if (!user) throw new AppError('user.not_found');
  return user;
}

/**
 * The same for a user who is to lose rights. Throws `user.last_administrator` when nobody else could administer then,
 * and `auth.required`, `auth.forbidden`, `user.not_found`.
 */
export async function holdUserToDemote(tx: Transaction, ctx: SignedIn, userId: string): Promise<User> {
  // All administrators. Two who demote each other at once would each still see the other, and leave none; so the second
  // waits here until the first has committed, and then looks again.
  const rows = await hold(
    tx,
    ctx,
    'users.manage',
    or(
      eq(users.id, userId),
      and(eq(users.role, 'administrator'), isNull(users.deactivatedAt), isNotNull(users.passwordHash)),
    ),
  );
  const user = theOne(rows, userId);
  const administrators = rows.filter(
    ({ role, deactivatedAt, passwordHash }) => role === 'administrator' && !deactivatedAt && passwordHash !== null,
  );
  if (administrators.length === 1 && administrators[0]!.id === userId) throw new AppError('user.last_administrator');
  return user;
}

/**
 * Refuses to make or open access that is wider than that of who acts: an API key that may manage people and nothing
 * else would have everything by an administrator it invites, or by a link to its owner's password. Asked with the
 * actor's row held. Throws `key.too_wide`.
 * @param roles of whom access is made or opened for: what they have everywhere, and on something
 */
export async function refuseWider(
  tx: Transaction,
  { session }: Pick<SignedIn, 'session'>,
  ...roles: Role[]
): Promise<void> {
  const mine = await findRights(tx, session);
  const isWithin = (role: Role) => [...permissionsOf(role)].every((permission) => mine?.permissions.has(permission));
  if (!roles.every(isWithin)) throw new AppError('key.too_wide');
}

async function hold(tx: Transaction, ctx: SignedIn, permission: Permission | null, others?: SQL): Promise<User[]> {
  // By one statement and in one order: two acts on each other's actors would wait for one another for ever.
  // Not for the key: a row that names a user, written elsewhere in another order, is not made to wait.
  const rows = await tx
    .select()
    .from(users)
    .where(or(eq(users.id, ctx.session.user.id), others))
    .orderBy(asc(users.id))
    .for('no key update');
  const rights = await findRights(tx, ctx.session);
  if (!rights) throw new AppError('auth.required');
  if (permission !== null && !rights.permissions.has(permission)) throw new AppError('auth.forbidden');
  return rows;
}

function theOne(rows: User[], userId: string): User {
  const user = rows.find(({ id }) => id === userId);
  if (!user) throw new AppError('user.not_found');
  return user;
}
