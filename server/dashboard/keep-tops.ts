import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { logFailure } from '../log';
import { figuresOf } from '../metrics/metrics';
import type { RecentSamples } from '../metrics/recent-samples';
import type { Services } from '../services';
import { TOP_KINDS, topCandidates } from './top-candidates';

const EVERY_MS = 15_000;
/** What was not said again for so long is over: its process has died. */
export const TOLD_SECONDS = 60;
/** More than are shown: some are down by now. */
const CANDIDATES = 100;

/** Says which of the hosts that this process hears of have least left, in place of what it said before. */
export async function writeTops(db: Database, samples: RecentSamples, process: string): Promise<void> {
  const found = topCandidates(currentOf(samples), CANDIDATES);
  const rows = TOP_KINDS.flatMap((kind) => found[kind].map((one) => ({ kind, ...one })));
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      delete from top_host
      where told_by = ${process} or told_at < now() - make_interval(secs => ${TOLD_SECONDS})`);
    // A host that has gone from one process to another is heard of by both for a while.
    await tx.execute(sql`
      insert into top_host (kind, host_id, told_by, told_at, percent, mount, available_bytes)
      select r.kind, host.id, ${process}, now(), r.percent, r.mount, r."availableBytes"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(kind text, "hostId" uuid, percent real, mount text, "availableBytes" double precision)
      join host on host.id = r."hostId"
      order by r.kind, host.id
      on conflict (kind, host_id) do update set told_by = excluded.told_by, told_at = excluded.told_at,
        percent = excluded.percent, mount = excluded.mount, available_bytes = excluded.available_bytes`);
  });
}

function* currentOf(samples: RecentSamples) {
  for (const [hostId, sample] of samples.all()) {
    if (!samples.isStale(hostId)) yield [hostId, figuresOf(sample)] as const;
  }
}

/** Says so every quarter of a minute. `stop` waits for what is under way. */
export function keepTops({ db, log, samples }: Pick<Services, 'db' | 'log' | 'samples'>): { stop(): Promise<void> } {
  const process = randomUUID();
  let running: Promise<void> | null = null;
  const run = async () => {
    try {
      await writeTops(db, samples, process);
    } catch (error) {
      logFailure(log, 'the hosts with least left were not written; trying again', error);
    } finally {
      running = null;
    }
  };
  const timer = setInterval(() => void (running ??= run()), EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
