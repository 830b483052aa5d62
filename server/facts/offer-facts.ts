import { eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { type factHashes, type FactSection } from '../../agent/protocol';
import type { Transaction } from '../../db/client';
import { hostFacts, hosts } from '../../db/schema';
import type { ConnectedAgent } from '../trpc';
import { forgetSection } from './fact-writer';
import { hashFacts } from './unpack-facts';

/**
 * Which sections the server has not, or otherwise. When there is none, both ends have the same: what the host does not
 * tell of any more is forgotten, and the digest kept, by which the next hello is known. Throws `Shed` when too many
 * ask.
 */
export async function offerFacts(
  { db, factWriter, agent: { hostId } }: ConnectedAgent,
  { hashes }: z.infer<typeof factHashes>,
): Promise<{ wanted: FactSection[] }> {
  const offered = Object.entries(hashes) as [FactSection, string][];
  const look = async (tx: Transaction) => {
    await tx.select({ id: hosts.id }).from(hosts).where(eq(hosts.id, hostId)).for('no key update');
    const stored = await tx
      .select({ section: hostFacts.section, hash: hostFacts.hash })
      .from(hostFacts)
      .where(eq(hostFacts.hostId, hostId));
    const known = new Map(stored.map(({ section, hash }) => [section, hash]));
    const wanted = offered.filter(([section, hash]) => known.get(section) !== hash).map(([section]) => section);
    if (wanted.length > 0) return { wanted };
    for (const section of known.keys()) if (!(section in hashes)) await forgetSection(tx, hostId, section);
    const digest = hashFacts(Object.fromEntries(offered));
    await tx
      .update(hosts)
      .set({ factsDigest: digest })
      .where(sql`${hosts.id} = ${hostId} and ${hosts.factsDigest} is distinct from ${digest}`);
    return { wanted };
  };
  return factWriter.ask(() => db.transaction(look));
}
