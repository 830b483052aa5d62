import { and, count, eq, getTableColumns, gt, ilike, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys, lowerEmail, sessions, userLinks, users } from '../../db/schema';
import { isActiveKey } from '../api-keys/key-state';
import { ROLES } from '../auth/permissions';
import { AppError } from '../errors';
import { byId, byInstant, byLowerText, containing } from '../list/keyset';
import { type List, paging, readCountedPage } from '../list/list';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import { lockedUntil } from '../auth/account-lock';
import { findFleetRoles } from './fleet-roles';
import { type UserDetail, type UserRow, userState, type UserState } from './user-schema';

export const userFilter = z.object({
  search: storableText(254)
    .trim()
    .meta({ examples: ['operator@'] })
    .optional(),
  state: userState.optional(),
  role: z.enum(ROLES).optional(),
});
type UserFilter = z.infer<typeof userFilter>;

export const userQuery = userFilter.extend(paging(['email', 'name', 'lastSignIn', 'created']));
type UserQuery = z.infer<typeof userQuery>;

type Ctx = Pick<Services, 'db' | 'config'>;
type Stored = typeof users.$inferSelect & { lockedUntil: Date | null };

const selectUsers = ({ db, config }: Ctx, now: Date) =>
  db.select({ ...getTableColumns(users), lockedUntil: lockedUntil(config, now).as('locked_until') }).from(users);

/** `now` is when an account counts as locked, and the same for all that is read of one page. */
export const userList: List<Ctx & { now: Date }, UserFilter, Stored, UserQuery['sort']> = {
  select: (ctx) => selectUsers(ctx, ctx.now),
  id: { of: (user) => user.id },
  conditions: ({ search, state, role }, ctx) => {
    const pattern = search && containing(search);
    return [
      pattern ? or(ilike(users.email, pattern), ilike(users.name, pattern)) : undefined,
      role && eq(users.role, role),
      state && inState(state, sql`${lockedUntil(ctx.config, ctx.now)} is not null`),
    ];
  },
  orders: {
    email: byLowerText(users.id, users.email, (user) => user.email, lowerEmail),
    // By what is shown: whoever has no name is called by their e-mail.
    name: byLowerText(
      users.id,
      sql`coalesce(nullif(${users.name}, ''), ${users.email})`,
      (user) => user.name || user.email,
    ),
    lastSignIn: byInstant(users.id, sql`coalesce(${users.lastSignInAt}, '-infinity')`, (user) => user.lastSignInAt),
    created: byId(users.id, ({ id }) => id),
  },
};

/** One page of users, with how many there are in all and where the next page starts. */
export async function listUsers(ctx: Ctx, { sort, direction, cursor, limit, ...filter }: UserQuery, now = new Date()) {
  const page = await readCountedPage(userList, { ...ctx, now }, { filter, sort, direction, cursor, limit });
  const { rows, ...rest } = page;
  return { users: rows.map(userRow), ...rest };
}

/**
 * One user, with the sessions they are signed in with, latest first, how many API keys they have and until when their
 * link works. Throws `user.not_found`.
 */
export async function findUser(
  ctx: Ctx,
  { userId, currentSession }: { userId: string; currentSession: string },
  now = new Date(),
): Promise<UserDetail> {
  const [user] = await selectUsers(ctx, now).where(eq(users.id, userId));
  if (!user) throw new AppError('user.not_found');
  const [link] = await ctx.db
    .select()
    .from(userLinks)
    .where(and(eq(userLinks.userId, userId), gt(userLinks.expiresAt, now)));
  const signedIn = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(sql`${sessions.createdAt} desc`)
    .limit(100);
  const [keys] = await ctx.db
    .select({ n: count() })
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, userId), isActiveKey(now)));
  return {
    user: userRow(user),
    fleetRoles: await findFleetRoles(ctx.db, userId),
    // Of somebody deactivated by other means than ours none counts, whatever their rows say.
    workingKeys: user.deactivatedAt ? 0 : keys!.n,
    linkExpiresAt: link?.expiresAt.toISOString() ?? null,
    // Without their ids: nobody has a use for them, and each is the key of somebody's session.
    sessions: signedIn.map(({ id, createdAt, address, userAgent }) => ({
      at: createdAt.toISOString(),
      address,
      userAgent,
      isCurrent: id === currentSession,
    })),
  };
}

/** What may be shown of a user. Instants are ISO 8601. */
export function userRow({
  id,
  email,
  name,
  role,
  language,
  createdAt,
  lastSignInAt,
  deactivatedAt,
  passwordHash,
  lockedUntil,
}: Stored): UserRow {
  const state: UserState = deactivatedAt
    ? 'deactivated'
    : passwordHash === null
      ? 'invited'
      : lockedUntil
        ? 'locked'
        : 'active';
  return {
    id,
    email,
    name,
    role,
    language,
    state,
    lockedUntil: state === 'locked' ? lockedUntil!.toISOString() : null,
    createdAt: createdAt.toISOString(),
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
    deactivatedAt: deactivatedAt?.toISOString() ?? null,
  };
}

/** The same order of precedence as in `userRow`. */
function inState(state: UserState, isLocked: SQL): SQL | undefined {
  if (state === 'deactivated') return isNotNull(users.deactivatedAt);
  const isIn = isNull(users.deactivatedAt);
  if (state === 'invited') return and(isIn, isNull(users.passwordHash));
  return and(isIn, isNotNull(users.passwordHash), state === 'locked' ? isLocked : sql`not ${isLocked}`);
}
