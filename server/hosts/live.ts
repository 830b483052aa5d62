import { setTimeout } from 'node:timers/promises';
import { tracked } from '@trpc/server';
import type { SignedIn } from '../trpc';
import { findHostRows } from './find-hosts';
import type { LiveChange } from './feed';

/** At most so often is a page told anything: changes within it become one message. */
const COALESCE_MS = 250;

/**
 * Streams what changes after a cursor: the rows of the watched hosts and of all that wait for approval, the watched
 * hosts' samples, deletions, and the counts.
 * @param lastEventId the `feed` of the page's snapshot, later the id of the last message it got
 */
export async function* streamHosts(
  ctx: SignedIn,
  { lastEventId, hostIds }: { lastEventId?: string | null; hostIds: string[] },
  signal: AbortSignal,
) {
  const watched = new Set(hostIds);
  const news = createSignal(signal);
  const stopListening = ctx.feed.listen(news.raise);
  try {
    let cursor = lastEventId ?? ctx.feed.cursor();
    let toldCounts = '';
    while (!signal.aborted) {
      // Taken before reading: what changes during the reads is in the next message, at worst twice, never in none.
      const next = ctx.feed.cursor();
      const changes = await changesSince(ctx, cursor, watched);
      const counts = await ctx.feed.counts();
      if (JSON.stringify(counts) !== toldCounts) changes.push({ kind: 'counts', counts });
      toldCounts = JSON.stringify(counts);
      cursor = next;
      if (changes.length > 0) yield tracked(cursor, changes);
      await news.next(COALESCE_MS);
    }
  } finally {
    stopListening();
  }
}

async function changesSince(ctx: SignedIn, cursor: string, watched: ReadonlySet<string>): Promise<LiveChange[]> {
  const diff = ctx.feed.diff(cursor, watched);
  if (!diff) return [{ kind: 'reload' }];
  const rows = await findHostRows(ctx, diff.rows);
  return [
    ...diff.gone.map((hostId) => ({ kind: 'gone' as const, hostId })),
    ...rows.map((host) => ({ kind: 'host' as const, host })),
    ...diff.samples.flatMap((hostId) => {
      const sample = ctx.samples.latest(hostId);
      return sample ? [{ kind: 'sample' as const, hostId, sample }] : [];
    }),
  ];
}

/** Wakes the one who waits when something is new, but not before the pause since the last time is over; at once on abort. */
function createSignal(abort: AbortSignal) {
  let raised = false;
  let wake = () => {};
  abort.addEventListener('abort', () => wake(), { once: true });
  return {
    raise() {
      raised = true;
      wake();
    },
    async next(pauseMs: number) {
      await setTimeout(pauseMs, undefined, { signal: abort }).catch(() => undefined); // an abort is an answer, not an error
      if (!raised && !abort.aborted) await new Promise<void>((resolve) => (wake = resolve));
      raised = false;
    },
  };
}
