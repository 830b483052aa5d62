import { networkOf } from '../limits';
import type { Services } from '../services';

/** How long a machine is kept out at first; twice as long each time that it does it again, up to the longest. */
const FIRST_MS = 60_000;
const LONGEST_MS = 60 * 60 * 1000;

/** What it does again after so long is news. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;

interface Machine {
  hostId: string;
  address: string;
}

/** Machines whose connection was closed because they asked too much on it. Of this process. */
export interface CutOffs {
  /** Keeps it out for a while. The host's history says so once, however often it is cut off in a day. */
  add(machine: Machine, what: string): Promise<void>;
  /**
   * Whether it is to stay out for now. By address too: a copy with the host's certificate is not to shut out the host.
   */
  has(machine: Machine): boolean;
}

export function createCutOffs(
  { reports, log }: Pick<Services, 'reports' | 'log'>,
  now = () => performance.now(),
): CutOffs {
  const known = new Map<string, { times: number; at: number; until: number }>();
  const keyOf = ({ hostId, address }: Machine) => `${hostId} ${networkOf(address)}`;
  return {
    async add(machine, what) {
      for (const [key, { at }] of known) if (at + FORGOTTEN_MS < now()) known.delete(key);
      const times = known.get(keyOf(machine))?.times ?? 0;
      const until = now() + Math.min(FIRST_MS * 2 ** times, LONGEST_MS);
      known.set(keyOf(machine), { times: times + 1, at: now(), until });
      log[times === 0 ? 'warn' : 'debug']({ ...machine, what, times: times + 1 }, 'agent cut off: it asked too much');
      if (times > 0) return;
      await reports.happening({ hostId: machine.hostId, kind: 'cut_off', detail: what, at: new Date() });
    },
    has: (machine) => (known.get(keyOf(machine))?.until ?? -Infinity) > now(),
  };
}
