import { statSync } from 'node:fs';

/** @returns whether another file, or none, is at that path by now: what a package manager does to a running program */
export function watchFile(path: string): () => boolean {
  const look = () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && [stats.dev, stats.ino, stats.mtimeMs].join();
  };
  const first = look();
  return () => look() !== first;
}
