import { and, count, eq, getTableColumns, gt, ilike, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys, sessions, userLinks, users } from '../../db/schema';
import { isActiveKey } from '../api-keys/key-state';
import { ROLES } from '../auth/permissions';
import { AppError } from '../errors';
import { beyond, containing, directed, instantKey, type Order, readCursor, writeCursor } from '../list/keyset';
import { CURSOR_EXAMPLE, fromText } from '../rest/schema';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import { lockedUntil } from '../auth/account-lock';
import { type UserDetail, type UserRow, userState, type UserState } from './user-schema';

export const userFilter = z.object({
  search: storableText(254).trim().meta({ examples: ['operator@'] }).optional(),
  state: userState.optional(),
  role: z.enum(ROLES).optional(),
  sort: z.enum(['email', 'name', 'lastSignIn', 'created']).default('email'),
  direction: z.enum(['asc', 'desc']).default('asc'),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(1000).meta({ examples: [CURSOR_EXAMPLE] }).optional(),
  limit: fromText(z.number().int().min(1).max(200)).default(50).meta({ description: '50 when left out.' }),
});
type UserFilter = z.infer<typeof userFilter>;

type Ctx = Pick<Services, 'db' | 'config'>;
type Stored = typeof users.$inferSelect & { lockedUntil: Date | null };

const selectUsers = ({ db, config }: Ctx, now: Date) =>
  db.select({ ...getTableColumns(users), lockedUntil: lockedUntil(config, now).as('locked_until') }).from(users);

/** One page of users, with how many there are in all and where the next page starts. */
export async function listUsers(ctx: Ctx, filter: UserFilter, now = new Date()) {
  const where = and(...conditions(ctx, filter, now));
  const order = ORDERS[filter.sort];
  const rows = await selectUsers(ctx, now)
    .where(and(where, filter.cursor ? order.after(filter.direction, readCursor(filter.cursor, order.cursorKey)) : undefined))
    .orderBy(...order.by(filter.direction))
    .limit(filter.limit + 1);
  const [total] = await ctx.db.select({ n: count() }).from(users).where(where);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    users: page.map(userRow),
    nextCursor: rows.length > filter.limit && last ? writeCursor([order.key(last), last.id]) : null,
    total: total!.n,
  };
}

/** One user, with the sessions they are signed in with, latest first, how many API keys they have and until when their link works. Throws `user.not_found`. */
export async function findUser(
  ctx: Ctx,
  { userId, currentSession }: { userId: string; currentSession: string },
  now = new Date(),
): Promise<UserDetail> {
  const [user] = await selectUsers(ctx, now).where(eq(users.id, userId));
  if (!user) throw new AppError('user.not_found');
  const [link] = await ctx.db.select().from(userLinks).where(and(eq(userLinks.userId, userId), gt(userLinks.expiresAt, now)));
  const signedIn = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(sql`${sessions.createdAt} desc`)
    .limit(100);
  const [keys] = await ctx.db.select({ n: count() }).from(apiKeys).where(and(eq(apiKeys.userId, userId), isActiveKey(now)));
  return {
    user: userRow(user),
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
function userRow({ id, email, name, role, language, createdAt, lastSignInAt, deactivatedAt, passwordHash, lockedUntil }: Stored): UserRow {
  const state: UserState = deactivatedAt ? 'deactivated' : passwordHash === null ? 'invited' : lockedUntil ? 'locked' : 'active';
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

function conditions(ctx: Ctx, { search, state, role }: UserFilter, now: Date): (SQL | undefined)[] {
  const pattern = search && containing(search);
  return [
    pattern ? or(ilike(users.email, pattern), ilike(users.name, pattern)) : undefined,
    role && eq(users.role, role),
    state && inState(state, sql`${lockedUntil(ctx.config, now)} is not null`),
  ];
}

/** The same order of precedence as in `userRow`. */
function inState(state: UserState, isLocked: SQL): SQL | undefined {
  if (state === 'deactivated') return isNotNull(users.deactivatedAt);
  const isIn = isNull(users.deactivatedAt);
  if (state === 'invited') return and(isIn, isNull(users.passwordHash));
  return and(isIn, isNotNull(users.passwordHash), state === 'locked' ? isLocked : sql`not ${isLocked}`);
}

const text = (of: SQL, key: (user: Stored) => string): Order<Stored> => ({
  by: (direction) => [directed(direction, sql`lower(${of})`), directed(direction, users.id)],
  after: (direction, [key, id]) => sql`(lower(${of}), ${users.id}) ${beyond(direction)} (lower(${key}), ${id}::uuid)`,
  key,
  cursorKey: storableText(300),
});

// Who never signed in sorts before everybody who did, and a row comparison with null would hide them.
const lastSignIn = sql`coalesce(${users.lastSignInAt}, '-infinity')`;

const ORDERS: Record<UserFilter['sort'], Order<Stored>> = {
  email: text(sql`${users.email}`, (user) => user.email),
  // By what is shown: whoever has no name is called by their e-mail.
  name: text(sql`coalesce(nullif(${users.name}, ''), ${users.email})`, (user) => user.name || user.email),
  lastSignIn: {
    by: (direction) => [directed(direction, lastSignIn), directed(direction, users.id)],
    after: (direction, [key, id]) => sql`(${lastSignIn}, ${users.id}) ${beyond(direction)} (${key}::timestamptz, ${id}::uuid)`,
    key: (user) => user.lastSignInAt?.toISOString() ?? '-infinity',
    cursorKey: instantKey,
  },
  // Ids are UUIDv7: their order is the order of creation.
  created: {
    by: (direction) => [directed(direction, users.id)],
    after: (direction, [, id]) => (direction === 'asc' ? gt(users.id, id) : lt(users.id, id)),
    key: (user) => user.id,
    cursorKey: z.uuid(),
  },
};
