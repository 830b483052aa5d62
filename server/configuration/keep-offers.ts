import { sql } from 'drizzle-orm';
import type { Configuration } from '../../agent/configuration/schema';
import type { Database } from '../../db/client';

/** What a host is handed: its document as it is kept, with secrets sealed. */
export interface Offer {
  hostId: string;
  hash: string;
  document: Configuration;
}

/**
 * One statement. Of several of one host the last counts; hosts that are gone fall out by the join. In
 * the order of their ids, as reports are: of two statements that lock the same rows otherwise one would fail.
 */
export async function writeOffers(db: Database, offers: readonly Offer[]): Promise<void> {
  const latest = [...new Map(offers.map((offer) => [offer.hostId, offer])).values()];
  await db.execute(sql`
    insert into host_configuration (host_id, offered_hash, offered, offered_at)
    select o."hostId", o.hash, o.document, now()
    from jsonb_to_recordset(${JSON.stringify(latest)}::jsonb) as o("hostId" uuid, hash text, document jsonb)
    join host on host.id = o."hostId" order by host.id
    on conflict (host_id) do update set
      (offered_hash, offered, offered_at) = (excluded.offered_hash, excluded.offered, excluded.offered_at)`);
}
