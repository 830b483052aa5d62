import type { Services } from '../services';

const LOOK_MS = 10_000;

/** Tells when the last samples of hosts are not the present any more: nothing comes that would say so. */
export function watchStale({ samples }: Pick<Services, 'samples'>): { stop(): void } {
  const timer = setInterval(() => samples.look(), LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
