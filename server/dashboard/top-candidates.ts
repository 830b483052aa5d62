import { DISK_METRICS, PER_DISK, PLACES } from '../metrics/metrics';
import type { KeptSample } from '../metrics/find-last';

type TopKind = 'cpu' | 'memory' | 'disk';
export const TOP_KINDS = ['cpu', 'memory', 'disk'] as const satisfies TopKind[];

/** Less is nothing to look at, in percent. */
export const LEAST: Record<TopKind, number> = { cpu: 10, memory: 50, disk: 50 };

/** How little there is left of something. */
export interface Candidate {
  hostId: string;
  percent: number;
  /** Of the disk. */
  mount: string | null;
  availableBytes: number;
}
type Reading = Omit<Candidate, 'hostId'>;

const place = (name: string) => PLACES.get(name)! - 1;
const [CPU, USED, AVAILABLE] = [place('cpu'), place('memory.used'), place('memory.available')];
const DISK_NAMES = Object.keys(DISK_METRICS);
const [DISK_USED, DISK_AVAILABLE] = [DISK_NAMES.indexOf('disk.used'), DISK_NAMES.indexOf('disk.available')];

/** As charts and df have it. */
function shareOf(used: number | null | undefined, available: number | null | undefined): Reading | null {
  if (used == null || available == null || used + available <= 0) return null;
  return { percent: (100 * used) / (used + available), mount: null, availableBytes: available };
}

const READ: Record<TopKind, (sample: KeptSample) => Reading | null> = {
  cpu: ({ figures }) => (figures[CPU] == null ? null : { percent: figures[CPU], mount: null, availableBytes: 0 }),
  memory: ({ figures }) => shareOf(figures[USED], figures[AVAILABLE]),
  /** Of the fullest. */
  disk({ mounts, disks }) {
    let fullest: Reading | null = null;
    for (const [n, mount] of mounts.entries()) {
      const share = shareOf(disks[n * PER_DISK + DISK_USED], disks[n * PER_DISK + DISK_AVAILABLE]);
      if (share && (!fullest || share.percent > fullest.percent)) fullest = { ...share, mount };
    }
    return fullest;
  },
};

/** The hosts of each kind that have least left, at most `most` of them, the least first. */
export function topCandidates(
  samples: Iterable<readonly [hostId: string, sample: KeptSample]>,
  most: number,
): Record<TopKind, Candidate[]> {
  const found: Record<TopKind, Candidate[]> = { cpu: [], memory: [], disk: [] };
  for (const [hostId, sample] of samples)
    for (const kind of TOP_KINDS) {
      const one = READ[kind](sample);
      if (one && one.percent >= LEAST[kind]) keepHighest(found[kind], { hostId, ...one }, most);
    }
  return found;
}

/** The list stays sorted and short: most hosts are below its last. */
function keepHighest(list: Candidate[], one: Candidate, most: number): void {
  if (list.length === most && list.at(-1)!.percent >= one.percent) return;
  const at = list.findIndex(({ percent }) => percent < one.percent);
  list.splice(at === -1 ? list.length : at, 0, one);
  if (list.length > most) list.pop();
}
