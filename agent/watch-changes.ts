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

/** Looks until the signal aborts. */
export async function watchChanges(
  { look, everyMs, onIdentity, onDisks }: ChangeWatch,
  over: AbortSignal,
): Promise<void> {
  const clock = new Alarm();
  const told = await look();
  for (;;) {
    await clock.wait(everyMs, over);
    if (over.aborted) return;
    const now = await look();
    if (now.disks !== told.disks) {
      onDisks();
      told.disks = now.disks;
    }
    if (now.identity !== told.identity && (await onIdentity())) told.identity = now.identity;
  }
}

/** Costs well under a millisecond: no process is started. */
export function createLook(measurer: Measurer): () => Promise<Watched> {
  return async () => ({
    identity: await measurer.measure('the addresses', () => [hostname(), ...readAddresses()].join(' '), ''),
    disks: await measurer.measure('the list of disks', readMountSet, ''),
  });
}
