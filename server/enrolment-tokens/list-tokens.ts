import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { enrolmentTokens, fleets, users } from '../../db/schema';
import { byId, writeCursor } from '../list/keyset';
import { cut, everyPage, type List, readPage } from '../list/list';
import type { Services } from '../services';
import { tokenState } from './token-state';

export const tokenPage = z.object({
  ...cut(),
  /** `nextCursor` of the page before. */
  cursor: z.uuid().optional(),
});

type Ctx = Pick<Services, 'db'>;

const selectTokens = ({ db }: Ctx) =>
  db
    .select({ token: enrolmentTokens, createdBy: users.email, fleet: fleets.name })
    .from(enrolmentTokens)
    .leftJoin(users, eq(users.id, enrolmentTokens.createdBy))
    .leftJoin(fleets, eq(fleets.id, enrolmentTokens.fleetId));
type Stored = Awaited<ReturnType<typeof selectTokens>>[number];

export const tokenList: List<Ctx, object, Stored, 'created'> = {
  select: selectTokens,
  conditions: () => [],
  id: { of: ({ token }) => token.id },
  orders: { created: byId(enrolmentTokens.id, ({ token }) => token.id) },
};

const NEWEST_FIRST = { filter: {}, sort: 'created', direction: 'desc' } as const;

/** The newest first, without a trace of their credentials. Instants are ISO 8601. */
export async function listTokens(ctx: Ctx, { cursor, limit }: z.infer<typeof tokenPage>) {
  // The wire's cursor is the last id alone.
  const page = { ...NEWEST_FIRST, cursor: cursor && writeCursor([cursor, cursor]), limit };
  const { rows, nextCursor } = await readPage(tokenList, ctx, page);
  return { tokens: rows.map(listedToken), nextCursor: nextCursor === null ? null : rows.at(-1)!.token.id };
}

/** All of them, a page at a time. */
export async function* everyToken(ctx: Ctx): AsyncGenerator<ListedToken[], void> {
  const pages = everyPage(tokenList, ctx, { ...NEWEST_FIRST, limit: 200 }, () => Promise.resolve(ctx));
  for await (const rows of pages) yield rows.map(listedToken);
}

export type ListedToken = ReturnType<typeof listedToken>;
const listedToken = ({ token, createdBy, fleet }: Stored) => ({
  id: token.id,
  name: token.name,
  state: tokenState(token),
  tags: token.tags,
  fleet: fleet === null ? null : { id: token.fleetId!, name: fleet },
  autoApprove: token.autoApprove,
  used: token.used,
  maxUses: token.maxUses,
  expiresAt: token.expiresAt.toISOString(),
  createdAt: token.createdAt.toISOString(),
  createdBy,
  revokedAt: token.revokedAt?.toISOString() ?? null,
});
