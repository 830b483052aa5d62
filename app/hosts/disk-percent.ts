import type { Sample } from './host-types';

/**
 * How full a disk is for those who are not the superuser, rounded up: what df shows. Older agents do not say what is
 * available; without it, what is reserved counts as free.
 */
export function diskPercent({ totalBytes, usedBytes, availableBytes }: Sample['disks'][number]): number {
  const usable = availableBytes === undefined ? totalBytes : usedBytes + availableBytes;
  return usable > 0 ? Math.ceil((100 * usedBytes) / usable) : 0;
}
