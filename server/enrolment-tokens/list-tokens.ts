import { desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { enrolmentTokens, fleets, users } from '../../db/schema';
import { fromText } from '../rest/schema';
import type { Services } from '../services';
import { tokenState } from './token-state';

export const tokenPage = z.object({
  /** `nextCursor` of the page before. */
  cursor: z.uuid().optional(),
  limit: fromText(z.number().int().min(1).max(200)).default(50).meta({ description: '50 when left out.' }),
});

/** The newest first, without a trace of their credentials. Instants are ISO 8601. */
export async function listTokens({ db }: Pick<Services, 'db'>, { cursor, limit }: z.infer<typeof tokenPage>) {
  const rows = await db
    .select({ token: enrolmentTokens, createdBy: users.email, fleet: fleets.name })
    .from(enrolmentTokens)
    .leftJoin(users, eq(users.id, enrolmentTokens.createdBy))
    .leftJoin(fleets, eq(fleets.id, enrolmentTokens.fleetId))
    // Ids are UUIDv7: their order is the order of creation.
    .where(cursor ? lt(enrolmentTokens.id, cursor) : undefined)
    .orderBy(desc(enrolmentTokens.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  return {
    tokens: page.map(({ token, createdBy, fleet }) => ({
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
    })),
    nextCursor: rows.length > limit ? page.at(-1)!.token.id : null,
  };
}
