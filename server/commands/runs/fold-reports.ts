import type { CommandReport, OutputChunk, RunUpdate } from '../../../agent/commands/protocol';
import type { commandRuns } from '../../../db/schema';
import { keptWords } from '../../kept-words';
import { isGuess, isOpen, mayFollow } from './run-states';

/** A run as its row has it, and what of it may change by what its machine says. Instants are milliseconds. */
export interface FoldedRun {
  commandId: string;
  hostId: string;
  state: (typeof commandRuns.$inferSelect)['state'];
  overruled: (typeof commandRuns.$inferSelect)['overruled'];
  exitCode: number | null;
  signal: string | null;
  reason: string | null;
  detail: string | null;
  receivedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  outputBytes: number;
}

/** A piece of output that is not stored yet. */
export type NewOutput = Pick<FoldedRun, 'commandId' | 'hostId'> &
  Pick<OutputChunk, 'stream' | 'offset'> & { bytes: Buffer };

export interface Report {
  hostId: string;
  report: CommandReport;
  /** When it came, milliseconds. */
  at: number;
  /** Filled in when it is committed: its runs that are not to be started any more. */
  over: string[];
}

export interface Folded {
  /** Those of which anything changed. */
  runs: FoldedRun[];
  output: NewOutput[];
}

/**
 * What reports come to, one after the other, each with its output first. What was said before comes to nothing: a state
 * that may not follow, bytes that are stored. Fills in what each report is answered.
 * @param find the row of a run; none where its host or its command is gone
 */
export function foldReports(
  reports: readonly Report[],
  find: (commandId: string, hostId: string) => FoldedRun | undefined,
): Folded {
  const changed = new Set<FoldedRun>();
  const output: NewOutput[] = [];
  for (const { hostId, report, at, over } of reports) {
    for (const chunk of report.output) {
      const run = find(chunk.runId, hostId);
      const piece = run && takesOutput(run) && newPart(run, chunk);
      if (!piece) continue;
      output.push(piece);
      changed.add(run);
    }
    for (const update of report.updates) {
      const run = find(update.runId, hostId);
      if (run && apply(run, update, at)) changed.add(run);
    }
    over.push(...runsOf(report).filter((runId) => !isStillOpen(find(runId, hostId))));
  }
  return { runs: [...changed], output };
}

const runsOf = ({ updates }: CommandReport) => [...new Set(updates.map(({ runId }) => runId))];
const isStillOpen = (run: FoldedRun | undefined) => run !== undefined && isOpen(run.state);

/** Its end is said with the last of its output, or after it; only our own guess that it is over may be wrong. */
const takesOutput = (run: FoldedRun) => isOpen(run.state) || isGuess(run);

/** Of a piece what lies beyond the end of what is stored; what lies between the two nobody has. */
function newPart(run: FoldedRun, { stream, offset, data }: OutputChunk): NewOutput | undefined {
  const all = Buffer.from(data, 'base64');
  if (offset + all.length <= run.outputBytes) return undefined;
  const bytes = all.subarray(Math.max(0, run.outputBytes - offset));
  const piece = {
    commandId: run.commandId,
    hostId: run.hostId,
    stream,
    offset: offset + all.length - bytes.length,
    bytes,
  };
  run.outputBytes = offset + all.length;
  return piece;
}

/** Whether the run is another by it. */
function apply(run: FoldedRun, update: RunUpdate, at: number): boolean {
  const {
    state,
    agoMs,
    durationMs,
    exitCode = null,
    signal = null,
    reason = null,
    detail = null,
    said,
    outputBytes = 0,
  } = update;
  if (!mayFollow(run.state, state)) return false;
  // Only our own guess gives way. What comes after the machine's own `unknown` was sent before it.
  if (run.state === 'unknown' && !isGuess(run)) return false;
  // Not before there were any: what no column holds would be refused for ever.
  const happenedAt = Math.max(0, at - agoMs);
  if (run.state === 'unknown' || run.state === 'timed_out') run.overruled = run.state;
  Object.assign(run, { state, exitCode, signal, reason, detail: keptWords(detail, said), endedAt: null });
  if (state === 'received') run.receivedAt = happenedAt;
  else if (state === 'running') run.startedAt = happenedAt;
  else {
    run.endedAt = happenedAt;
    if (durationMs !== undefined) run.startedAt = Math.max(0, happenedAt - durationMs);
    run.outputBytes = Math.max(run.outputBytes, outputBytes);
  }
  return true;
}
