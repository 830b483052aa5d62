import { and, asc, eq, gte, lt } from 'drizzle-orm';
import { z } from 'zod';
import { FACT_SECTIONS, type Facts, factSection } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { hostFactChanges, hostFacts, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { byId } from '../list/keyset';
import { cut, type List, readPage } from '../list/list';
import { storableInstant } from '../storable-instant';
import { instant, nextCursor, textLike } from '../rest/schema';

const value = z
  .union([z.string(), z.number(), z.boolean()])
  .meta({ examples: ['5.2.15-2+b7'], description: 'Text, a number, or true or false.' });

export const factsAnswer = z.object({
  isComplete: z.boolean().meta({ description: 'Both ends agree. False while the host has more to tell.' }),
  sections: z.array(
    z.object({
      section: factSection,
      changedAt: instant,
      hash: textLike('n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg').meta({
        description: 'SHA-256, base64url, of the facts as JSON pairs sorted by name. Both ends compute it.',
      }),
      facts: z.record(z.string(), value),
    }),
  ),
});

export const factsAsked = z.object({ section: factSection.optional() });

/** What a host is made of, a section or all, in their order. Throws `host.not_found`. */
export async function findFacts(
  { db }: { db: Database },
  { hostId, section }: z.infer<typeof factsAsked> & { hostId: string },
): Promise<z.infer<typeof factsAnswer>> {
  const { factsDigest } = await expectHost(db, hostId);
  const rows = await db
    .select()
    .from(hostFacts)
    .where(and(eq(hostFacts.hostId, hostId), section && eq(hostFacts.section, section)))
    .orderBy(asc(hostFacts.section));
  const sections = rows
    .map(({ section, changedAt, hash, content }) => ({
      section,
      changedAt: changedAt.toISOString(),
      hash,
      facts: content,
    }))
    .sort((a, b) => FACT_SECTIONS.indexOf(a.section) - FACT_SECTIONS.indexOf(b.section));
  return { isComplete: factsDigest !== null, sections };
}

export const historyFilter = z.object({
  section: factSection.optional(),
  since: storableInstant.optional().meta({ description: 'From then on.', examples: ['2026-01-31T12:00:00.000Z'] }),
  until: storableInstant.optional().meta({ description: 'Before then.', examples: ['2026-01-31T12:00:00.000Z'] }),
});
export const historyAsked = historyFilter.extend(cut(500));

export const historyAnswer = z.object({
  changes: z.array(
    z.object({
      at: instant,
      section: factSection,
      name: textLike('bash'),
      before: value.nullable().meta({ description: 'Null of what was new.' }),
      after: value.nullable().meta({ description: 'Null of what is gone.' }),
    }),
  ),
  nextCursor,
});

type HistoryFilter = z.infer<typeof historyFilter> & { hostId: string };

/** The latest change first, by an id that begins with its time. */
export const factHistoryList: List<{ db: Database }, HistoryFilter, typeof hostFactChanges.$inferSelect, 'at'> = {
  select: ({ db }) => db.select().from(hostFactChanges),
  conditions: ({ hostId, section, since, until }) => [
    eq(hostFactChanges.hostId, hostId),
    section && eq(hostFactChanges.section, section),
    since ? gte(hostFactChanges.at, new Date(since)) : undefined,
    until ? lt(hostFactChanges.at, new Date(until)) : undefined,
  ],
  id: { of: ({ id }) => id },
  orders: { at: byId(hostFactChanges.id, ({ id }) => id) },
};

/** What changed of one host's facts, a page at a time. Throws `host.not_found`. */
export async function listFactChanges(
  ctx: { db: Database },
  { cursor, limit, ...filter }: z.infer<typeof historyAsked> & { hostId: string },
): Promise<z.infer<typeof historyAnswer>> {
  await expectHost(ctx.db, filter.hostId);
  const page = { filter, sort: 'at', direction: 'desc', cursor, limit } as const;
  const { rows, nextCursor } = await readPage(factHistoryList, ctx, page);
  const changes = rows.map(({ at, section, name, before, after }) => ({
    at: at.toISOString(),
    section,
    name,
    before: read(before),
    after: read(after),
  }));
  return { changes, nextCursor };
}

const read = (value: string | null) => (value === null ? null : (JSON.parse(value) as Facts[string]));

/** The guard asks for no row of who may see every host. */
async function expectHost(db: Database, hostId: string): Promise<{ factsDigest: string | null }> {
  const [host] = await db.select({ factsDigest: hosts.factsDigest }).from(hosts).where(eq(hosts.id, hostId));
  if (!host) throw new AppError('host.not_found');
  return host;
}
