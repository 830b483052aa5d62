import type { Exit } from '../machine';
import type { Truth } from './testing-rows';
import type { World } from './testing-world';

export const expiryOf = ({ madeAt, due }: Truth) => madeAt + due.expiresInSeconds * 1000;

/** A run that somebody commands now. */
export function inventTruth({ now, next, chance, between, pick }: World, runId: string): Truth {
  const lastsMs = pick([0, between(0, 200), between(0, 30_000)]);
  const plan = Array.from({ length: pick([0, 1, 3, 20, 60]) }, () => ({
    afterMs: between(0, lastsMs),
    stream: pick(['stdout', 'stderr'] as const),
    bytes: Buffer.alloc(1 + Math.floor(next() * 90)).map(() => next() * 256) as Buffer,
  })).sort((a, b) => a.afterMs - b.afterMs);
  return {
    due: {
      runId,
      command: { kind: chance(0.05) ? 'teleport' : 'list_processes' },
      timeoutSeconds: pick([1, 20, 600]),
      expiresInSeconds: pick([5, 60, 1_000]),
    },
    plan,
    lastsMs: chance(0.1) ? Infinity : lastsMs,
    exit: pick<Exit>([{ exitCode: 0 }, { exitCode: 3 }, { signal: 'SIGSEGV' }]),
    hearsPolite: chance(0.7),
    begun: 0,
    written: Buffer.alloc(0),
    streams: [],
    isInterrupted: false,
    isDoubtful: false,
    wasFull: false,
    madeAt: now(),
    cancelledAt: Infinity,
    endedAt: Infinity,
  };
}
