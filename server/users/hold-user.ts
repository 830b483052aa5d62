import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { users } from '../../db/schema';
import { AppError } from '../errors';

export type User = typeof users.$inferSelect;

/** The row of a user, held until the transaction ends. */
export async function holdUser(tx: Transaction, userId: string): Promise<User | undefined> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId)).for('update');
  return user;
}

/**
 * The row of a user who is to lose rights, held. Throws `user.last_administrator` when nobody else could administer
 * then, and `user.not_found`.
 */
export async function holdUserToDemote(tx: Transaction, userId: string): Promise<User> {
  // All of them, and in one order. Two administrators who demote each other at once would each still see the other, and
  // leave none; so the second waits here until the first has committed, and then looks again.
  const administrators = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'administrator'), isNull(users.deactivatedAt), isNotNull(users.passwordHash)))
    .orderBy(asc(users.id))
    .for('update');
  const user = await holdUser(tx, userId);
  if (!user) throw new AppError('user.not_found');
  const isLast = administrators.length === 1 && administrators[0]!.id === userId;
  if (isLast) throw new AppError('user.last_administrator');
  return user;
}
