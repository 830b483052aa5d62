import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../db/client';
import type { hostEvents } from '../../db/schema';
import { type Offer, writeOffers } from '../configuration/keep-offers';
import { type HostReport, writeConfigurationReports } from '../configuration/keep-reports';
import { type Log, logFailure } from '../log';
import type { GroupCommit } from '../process/group-commit';

/** What happens to a host without anybody's doing. */
interface Happening {
  hostId: string;
  at: Date;
  kind: (typeof hostEvents.$inferSelect)['kind'];
  detail: string | null;
}

/**
 * The way in for what machines report and are handed: many together, each acknowledged once it is kept, or rejected.
 */
export interface Reports {
  /** Into the host's history, unless the host is gone by then. */
  happening(happened: Happening): Promise<void>;
  /** How it says that it is configured. Of one host only the last that waits is written. */
  configuration(report: HostReport): Promise<void>;
  /** Which configuration it is handed. */
  offered(offer: Offer): Promise<void>;
  /** Writes what happened until now. Rejects with what failed; nothing is lost, and it is tried again. */
  flush(): Promise<void>;
}

interface Making {
  db: Database;
  log: Log;
  writer: GroupCommit;
}

export function createReports({ db, log, writer }: Making): Reports {
  const happenings = writer.lane<Happening & { id: string }>({
    worth: 'fact',
    commit: (rows) => writeHappenings(db, rows),
    onFailure: (error) => logFailure(log, 'histories of hosts were not written; trying again', error),
  });
  const configurations = writer.lane<HostReport>({
    worth: 'fact',
    commit: (rows) => writeConfigurationReports(db, rows),
    onFailure: (error) => logFailure(log, 'configurations of hosts were not written; trying again', error),
    merge: { keyOf: ({ hostId }) => hostId, into: (_waiting, newer) => newer },
  });
  const offers = writer.lane<Offer>({
    worth: 'fact',
    commit: (rows) => writeOffers(db, rows),
    onFailure: (error) => logFailure(log, 'what hosts are handed was not written; trying again', error),
    merge: { keyOf: ({ hostId }) => hostId, into: (_waiting, newer) => newer },
  });
  // Histories are sorted by id: what happened within one millisecond keeps its order by `seq`, of 32 bits.
  let seq = 0;
  return {
    happening(happened) {
      seq = (seq + 1) >>> 0;
      return happenings.add({ id: uuidv7({ msecs: happened.at.getTime(), seq }), ...happened });
    },
    configuration: configurations.add,
    offered: offers.add,
    async flush() {
      await Promise.all([happenings.flush(), configurations.flush(), offers.flush()]);
    },
  };
}

/** One statement. Hosts that are gone fall out by the join; a row whose commit was not heard of is there already. */
async function writeHappenings(db: Database, rows: (Happening & { id: string })[]): Promise<void> {
  await db.execute(sql`
    insert into host_event (id, host_id, at, kind, detail)
    select r.id, r."hostId", r.at, r.kind, r.detail
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(id uuid, "hostId" uuid, at timestamptz, kind text, detail text)
    join host on host.id = r."hostId"
    on conflict (id) do nothing`);
}
