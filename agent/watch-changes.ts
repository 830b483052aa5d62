import { hostname } from 'node:os';
import { Alarm } from './process/alarm';
import { readAddresses } from './collect/addresses';
import { readMountSet } from './collect/disks';
import type { Measurer } from './collect/measurer';

/** The facts whose change is news: names and addresses for a new hello, disks for a heartbeat before its time. */
export interface Watched {
  identity: string;
  disks: string;
}

export interface ChangeWatch {
  look: () => Promise<Watched>;
  everyMs: number;
  /** Resolves with false when nobody could be told: the same change is then news again at the next look. */
  onIdentity: () => Promise<boolean>;
  onDisks: () => void;
}

/**
 * So many looks in a row must see a new name or new addresses. Doubled with each time they were told, up to the second.
 */
const STEADY = { least: 3, most: 192 };

/**
 * Looks until the signal aborts. Names and addresses are told once they are steady, later each time: a network that
 * comes and goes must not become a hello, and a write to the server's database, with every turn. When nothing was told
 * for as long as the longest wait, the next change is told soon again.
 */
export async function watchChanges(
  { look, everyMs, onIdentity, onDisks }: ChangeWatch,
  over: AbortSignal,
): Promise<void> {
  const clock = new Alarm();
  const told = await look();
  let seen = told.identity;
  let steady = 0;
  let quiet = 0;
  let needed = STEADY.least;
  for (;;) {
    await clock.wait(everyMs, over);
    if (over.aborted) return;
    const now = await look();
    if (now.disks !== told.disks) {
      onDisks();
      told.disks = now.disks;
    }
    steady = now.identity === seen ? steady + 1 : 1;
    seen = now.identity;
    if (++quiet > STEADY.most) needed = STEADY.least;
    if (seen === told.identity || steady < needed || !(await onIdentity())) continue;
    told.identity = seen;
    quiet = 0;
    needed = Math.min(2 * needed, STEADY.most);
  }
}

/** Costs well under a millisecond: no process is started. */
export function createLook(measurer: Measurer): () => Promise<Watched> {
  return async () => ({
    identity: await measurer.measure(
      'the addresses',
      async () => [hostname(), ...(await readAddresses())].join(' '),
      '',
    ),
    disks: await measurer.measure('the list of disks', readMountSet, ''),
  });
}
