import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { apiKeys, sessions, tokenChains, users } from '../../db/schema';
import { isActiveKey } from '../api-keys/key-state';
import { type GrantedRole, type Rights, rightsOf, type Role } from './permissions';
import type { Session } from './session';

/**
 * What whoever made a request may do now; null when what they made it with counts no more: it ended or has expired, or
 * its user was shut out. For what goes on after the guard has looked.
 *
 * Asked with the user's row held, null stays away until the transaction ends: everything that shuts somebody out holds
 * that row.
 */
export async function findRights(
  db: Database | Transaction,
  session: Session,
  now = new Date(),
): Promise<Rights | null> {
  const found = await WAYS[session.via](db, session.id, now);
  return found ? rightsOf(found, found.named) : null;
}

type Found = { role: Role; grantedRoles: GrantedRole[]; named?: string[] } | undefined;

const { role, grantedRoles } = users;

const WAYS: Record<Session['via'], (db: Database | Transaction, id: string, now: Date) => Promise<Found>> = {
  async cookie(db, id, now) {
    const [found] = await db
      .select({ role, grantedRoles })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.id, id), gt(sessions.expiresAt, now), isNull(users.deactivatedAt)));
    return found;
  },
  // However old: its row goes when it ends, and a request that lasts longer than a token was begun with a good one.
  async token(db, id) {
    const [found] = await db
      .select({ role, grantedRoles })
      .from(tokenChains)
      .innerJoin(users, eq(users.id, tokenChains.userId))
      .where(and(eq(tokenChains.id, id), isNull(users.deactivatedAt)));
    return found;
  },
  async key(db, id, now) {
    const [found] = await db
      .select({ role, grantedRoles, named: apiKeys.permissions })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .where(and(eq(apiKeys.id, id), isActiveKey(now), isNull(users.deactivatedAt)));
    return found;
  },
};
