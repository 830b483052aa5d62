import type { Entry } from './entry';
import {
  MAX_REPORT_BYTES,
  OUTPUT_BYTES_PER_REPORT,
  type CommandReport,
  type OutputChunk,
  type RunUpdate,
} from './protocol';

/** Output of a run that goes on, and has filled the first half of its bound, is sent once in so long. */
const TAIL_EVERY_MS = 1_000;

/** By the wire: `updates` and `output`. */
const MOST = { updates: 100, output: 200 };

/** A piece of output without its data, and an update without its detail, in JSON. */
const PIECE_BYTES = 150;

/** What was said, and of whom, so that its answer can be understood. */
export interface SentReport {
  report: CommandReport;
  parts: SentPart[];
}

export interface SentPart {
  entry: Entry;
  said: ('received' | 'running' | 'over')[];
  /** With this report the server has all of the run's output up to here that is to be had. */
  upTo?: number;
}

/**
 * What the server is to hear next, or null. Each run that has output gets its share of the room; a run's end is said
 * only with the last of its output.
 *
 * @param mono now
 * @param wakeAt is told when there will be more to say although nothing happens
 * @param isSingly one piece or one update
 */
export function buildReport(
  entries: readonly Entry[],
  { mono, wakeAt, isSingly }: { mono: number; wakeAt: (mono: number) => void; isSingly: boolean },
): SentReport | null {
  const report: CommandReport = { updates: [], output: [] };
  const parts = new Map<Entry, SentPart>();
  const partOf = (entry: Entry): SentPart => {
    const part = parts.get(entry) ?? { entry, said: [] };
    parts.set(entry, part);
    return part;
  };
  let room = MAX_REPORT_BYTES;
  let outputRoom = OUTPUT_BYTES_PER_REPORT;
  let left = isSingly ? { output: 1, updates: 1 } : MOST;

  const speaking = entries.filter(({ spool }) => spool && spool.acknowledged < spool.total);
  let others = speaking.length;
  let nextTail = Infinity;
  for (const entry of speaking) {
    const spool = entry.spool!;
    const share = Math.floor(outputRoom / others--);
    const dueAt = entry.overAt || !spool.isPastHead ? -Infinity : entry.tailSentAt + TAIL_EVERY_MS;
    if (dueAt > mono) {
      nextTail = Math.min(nextTail, dueAt);
      continue;
    }
    if (share === 0 || left.output === 0) continue;
    const { pieces, upTo } = spool.next(share, left.output);
    left = { output: left.output - pieces.length, updates: isSingly ? 0 : left.updates };
    if (pieces.length === 0) spool.acknowledge(upTo);
    if (spool.isPastHead) entry.tailSentAt = mono;
    for (const { stream, offset, bytes } of pieces) {
      const chunk: OutputChunk = { runId: entry.runId, stream, offset, data: bytes.toString('base64') };
      report.output.push(chunk);
      outputRoom -= bytes.length;
      room -= PIECE_BYTES + chunk.data.length;
    }
    if (pieces.length > 0) partOf(entry).upTo = upTo;
  }
  wakeAt(nextTail);

  for (const entry of entries) {
    for (const what of entry.unsaid) {
      if (what === 'over' && !hasAllOutput(entry, parts.get(entry)?.upTo)) continue;
      const update = updateOf(entry, what, mono);
      const bytes = Buffer.byteLength(JSON.stringify(update)) + 1;
      if (report.updates.length === left.updates || bytes > room) break;
      room -= bytes;
      report.updates.push(update);
      partOf(entry).said.push(what);
    }
  }
  return parts.size === 0 ? null : { report, parts: [...parts.values()] };
}

function hasAllOutput({ spool }: Entry, upTo = spool?.acknowledged): boolean {
  return !spool || upTo === spool.total;
}

function updateOf(entry: Entry, what: 'received' | 'running' | 'over', mono: number): RunUpdate {
  const { runId, state, receivedAt, startedAt, overAt, ending } = entry;
  const at = { received: receivedAt, running: startedAt, over: overAt }[what]!;
  const agoMs = Math.max(0, Math.round(mono - at.mono));
  return what === 'over' ? { runId, agoMs, state, ...ending } : { runId, agoMs, state: what };
}
