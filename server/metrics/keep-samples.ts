import { sql } from 'drizzle-orm';
import type { Sample } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { type Log, logFailure } from '../log';
import { type GroupCommit, Shed } from '../process/group-commit';
import { figuresOf } from './metrics';
import { makePartition, PARTITIONED, startOf } from './partitions';

/** What a server that is killed loses of them at most. */
const EVERY_MS = 1000;

type Row = { hostId: string; at: string } & ReturnType<typeof figuresOf>;

/** Where the samples of hosts are kept. */
export interface SampleKeeper {
  /**
   * Stores it within a second. The machine is not kept waiting for that: there is nothing that it could do about one
   * that was given up. `at` is by our clock.
   */
  keep(hostId: string, sample: Sample): void;
  /** Stores what is kept until now. Rejects with what failed; that is tried again. */
  flush(): Promise<void>;
}

export function createSampleKeeper({ db, log, writer }: { db: Database; log: Log; writer: GroupCommit }): SampleKeeper {
  const made = new Set<number>();
  const lane = writer.lane<Row>({
    worth: 'sample',
    everyMs: EVERY_MS,
    commit: (rows) => writeSamples(db, rows, made),
    onFailure: (error) => logFailure(log, 'samples of hosts were not written; trying again', error),
  });
  return {
    keep(hostId, sample) {
      lane.add({ hostId, at: sample.at, ...figuresOf(sample) }).catch((error: unknown) => {
        const what = error instanceof Shed ? 'samples of hosts were given up' : 'a sample of a host cannot be kept';
        logFailure(log, what, error);
      });
    },
    flush: lane.flush,
  };
}

/** One statement. A row whose commit was not heard of is there already. */
async function writeSamples(db: Database, rows: Row[], made: Set<number>): Promise<void> {
  for (const start of new Set(rows.map(({ at }) => startOf(PARTITIONED.metric_sample.width, Date.parse(at) / 1000)))) {
    if (made.has(start)) continue;
    await makePartition(db, 'metric_sample', start);
    made.add(start);
  }
  await db.execute(sql`
    insert into metric_sample (host_id, at, figures, mounts, disks)
    select r."hostId", r.at, r.figures, r.mounts, r.disks
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r("hostId" uuid, at timestamptz, figures real[], mounts text[], disks real[])
    on conflict (host_id, at) do nothing`);
}
