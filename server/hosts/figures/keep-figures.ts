import { sql } from 'drizzle-orm';
import type { Sample } from '../../../agent/protocol';
import type { Database } from '../../../db/client';
import { logFailure } from '../../log';
import { repeat } from '../../process/repeat';
import type { Services } from '../../services';

const EVERY_MS = 60_000;
/** Of a processor, in percent: it is never quite at rest, and each change writes the row and three indexes anew. */
const CPU_STEP = 3;
/** Hosts a statement. */
const SLICE = 5000;

type Disk = Sample['disks'][number];

/** -1 of what is not known. */
const percent = (part: number | null | undefined, whole: number): number =>
  part == null || !(whole > 0) ? -1 : Math.min(100, Math.max(0, (100 * part) / whole));

const diskPercent = ({ usedBytes, totalBytes, availableBytes = totalBytes - usedBytes }: Disk) =>
  percent(usedBytes, usedBytes + availableBytes);

/** In whole percent, rounded as the list shows them: a disk up, as `df` does. */
const figuresOf = (id: string, sample: Sample) => ({
  id,
  cpu: Math.round(percent(sample.cpuPercent, 100)),
  memory: Math.round(percent(sample.memoryUsedBytes, sample.memoryTotalBytes)),
  disk: Math.ceil(Math.max(-1, ...sample.disks.map(diskPercent))),
});

/**
 * Writes how busy hosts are, for lists to be sorted by: of those that are up what memory knows of them, of all others
 * nothing. A row that says so already, of the processor about so, is not written.
 */
export async function writeFigures({ db, samples, presence }: Pick<Services, 'db' | 'samples' | 'presence'>) {
  const figures = [...samples.all()]
    .filter(([hostId]) => presence.get(hostId)?.state === 'up')
    .map(([hostId, sample]) => figuresOf(hostId, sample));
  for (let i = 0; i < figures.length; i += SLICE) await writeSlice(db, figures.slice(i, i + SLICE));
  await db.execute(sql`
    update host_figure f set cpu = -1, memory = -1, disk = -1 from host h
    where h.id = f.host_id and h.state <> 'up' and (f.cpu, f.memory, f.disk) <> (-1, -1, -1)`);
}

const writeSlice = (db: Database, figures: ReturnType<typeof figuresOf>[]) =>
  db.execute(sql`
    update host_figure f set cpu = r.cpu, memory = r.memory, disk = r.disk
    from jsonb_to_recordset(${JSON.stringify(figures)}::jsonb) as r(id uuid, cpu smallint, memory smallint, disk smallint)
    where f.host_id = r.id and ((f.memory, f.disk, sign(f.cpu)) <> (r.memory, r.disk, sign(r.cpu))
      or abs(f.cpu - r.cpu) >= ${CPU_STEP}::int)`);

/** Writes them once a minute. `stop` waits for what is being written. */
export function keepFigures(services: Pick<Services, 'db' | 'samples' | 'presence' | 'log'>): {
  stop(): Promise<void>;
} {
  return repeat(() => writeFigures(services), {
    everyMs: EVERY_MS,
    isAtOnce: false,
    onFailure: (error) => logFailure(services.log, 'how busy hosts are was not written; trying again', error),
  });
}
