import type { OutputPiece } from './read-output';

/** Of one run, base64 characters. A page that has missed more asks for it. */
const MOST = 16 * 1024;
/** Runs that wrote something of late. */
const MOST_RUNS = 1000;
/** What is older has been told, several times over. */
const KEPT_MS = 500;

/**
 * The newest of what runs write. Of patches that wait for a page the last one counts, so each has what was said a
 * moment before as well.
 */
export function createRecentOutput(now: () => number = () => performance.now()) {
  const byRun = new Map<string, { at: number; piece: OutputPiece }[]>();
  return {
    /** @returns its newest pieces in their order, this one last */
    add(key: string, piece: OutputPiece): OutputPiece[] {
      const kept = (byRun.get(key) ?? []).filter(({ at }) => at > now() - KEPT_MS);
      kept.push({ at: now(), piece });
      let length = 0;
      const first = kept.findLastIndex(({ piece }) => (length += piece.data.length) > MOST);
      // One at least, however long it is.
      kept.splice(0, Math.min(first + 1, kept.length - 1));
      byRun.delete(key);
      byRun.set(key, kept);
      if (byRun.size > MOST_RUNS) byRun.delete(byRun.keys().next().value!);
      return kept.map(({ piece }) => piece);
    },
  };
}
