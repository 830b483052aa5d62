import { GRACE_SECONDS } from '../protocol';
import type { Row, Truth } from './testing-rows';
import { AWAY_MS, FAULTY_MS, LOCK, SLACK_MS, SWEEP_MS, type World } from './testing-world';

/** Finds what is wrong with a run once everything has come to its end. */
export function judge(world: World, runId: string): void {
  const truth = world.truths.get(runId)!;
  const row = world.rows.get(runId)!;
  const { run, deadline, said } = row;
  if (deadline < Infinity) world.wrong(`${runId} is ${run.state} for ever`);
  if (!said) return judgeUnsaid(world, row, truth);
  judgeEnd(world, row, truth);
  judgePieces(world, row, truth);
  if (said.state !== 'unknown' && !truth.wasFull) judgeWhole(world, row, truth);
}

/** The server's own word: nobody was told, or nobody answered in time. */
function judgeUnsaid({ likely, wrong }: World, { run, sweptAt }: Row, truth: Truth): void {
  const { runId } = truth.due;
  if (run.state !== 'unknown' && truth.begun > 0) wrong(`${runId} is ${run.state}, and was begun`);
  if (!['unknown', 'expired', 'cancelled'].includes(run.state)) wrong(`${runId} is ${run.state}, and nobody said so`);
  const wasInTime = run.state === 'cancelled' || sweptAt < FAULTY_MS + AWAY_MS + SLACK_MS + SWEEP_MS || likely.jumps;
  if (!wasInTime) wrong(`${runId} never came to an end that its agent told`);
}

/** Its word wins, however late it comes; and what was said is what happened. */
function judgeEnd({ wrong }: World, { run, sweptAt, said, saidAt, isUndisturbed }: Row, truth: Truth): void {
  const { runId } = truth.due;
  const { isInterrupted } = truth;
  const { state, durationMs = 0 } = said!;
  if (run.state !== state) wrong(`${runId} is ${run.state}, and its agent said ${state}`);
  if (run.overruled && sweptAt === -Infinity) wrong(`${runId} overruled nothing`);
  const was = truth.exit.exitCode === 0 ? 'succeeded' : 'failed';
  const isStopped = state === 'timed_out' || (state === 'cancelled' && truth.cancelledAt < Infinity);
  if (!isInterrupted && truth.begun === 1 && state !== was && !isStopped) wrong(`${runId} is ${state}, and was ${was}`);
  if (truth.begun === 0 && (state === 'succeeded' || state === 'failed')) wrong(`${runId} is ${state}, and never ran`);
  if (state === 'unknown' && !isInterrupted && !truth.isDoubtful)
    wrong(`${runId} is unknown, and nothing had happened to its agent`);
  if (isInterrupted && (state === 'succeeded' || state === 'failed') && state !== was)
    wrong(`${runId} is ${state}, and nobody saw that`);
  if (!isInterrupted && truth.begun > 0 && truth.endedAt === Infinity) wrong(`${runId} is ${state} while it runs`);
  const wantedAt = Math.max(truth.cancelledAt, FAULTY_MS + AWAY_MS);
  if (wantedAt < Infinity && !isInterrupted && truth.endedAt < Infinity && truth.endedAt > wantedAt + 60_000)
    wrong(`${runId} was cancelled and went on`);
  const isEarly = saidAt < truth.madeAt + truth.due.expiresInSeconds * 1000;
  if (state === 'expired' && isEarly && isUndisturbed) wrong(`${runId} expired before its time`);
  if (state === 'expired' && truth.begun > 0) wrong(`${runId} is expired, and was begun`);
  if (state === 'timed_out' && truth.lastsMs < truth.due.timeoutSeconds * 1000) wrong(`${runId} had time left`);
  if (state === 'rejected' && truth.due.command.kind !== 'teleport') wrong(`${runId} was refused`);
  const lasted = truth.due.timeoutSeconds + 2 * GRACE_SECONDS;
  if (!isInterrupted && durationMs > lasted * 1000) wrong(`${runId} lasted too long`);
}

/** Each piece that is stored is what was written there, once, and nothing is missing that need not be. */
function judgePieces({ wrong }: World, { stored }: Row, { due: { runId }, written, streams, wasFull }: Truth): void {
  let known = 0;
  for (const { stream, offset, bytes } of stored) {
    if (offset < known) wrong(`${runId} has bytes twice at ${offset}`);
    const isExact = bytes.equals(written.subarray(offset, offset + bytes.length));
    if (!isExact || bytes.some((_, index) => streams[offset + index] !== stream))
      wrong(`${runId} has other bytes at ${offset} than were written`);
    const isGapAllowed = wasFull || (offset > headOf(stored) && known >= Math.min(headOf(stored), offset));
    if (offset > known && !isGapAllowed) wrong(`${runId} has a gap at ${known}`);
    known = offset + bytes.length;
  }
}

/** What is to be kept of output is there. */
function judgeWhole({ wrong }: World, { run, said, stored }: Row, { due: { runId }, begun, written }: Truth): void {
  const total = said!.outputBytes ?? 0;
  if (begun === 1 && total !== written.length) wrong(`${runId} wrote ${written.length} bytes, not ${total}`);
  if (run.outputBytes !== total) wrong(`${runId} has not the last of its output`);
  const isStored = new Uint8Array(total);
  for (const { offset, bytes } of stored) isStored.fill(1, offset, offset + bytes.length);
  const pieces = () => stored.map(({ offset, bytes }) => `${offset}+${bytes.length}`).join(' ');
  if (isStored.subarray(0, END_BYTES).includes(0) || isStored.subarray(-END_BYTES).includes(0))
    wrong(`${runId} has not the first and the last of its output: ${pieces()} of ${total}`);
}

/** So much is kept of either end, whatever the pieces: half of the bound, but for what says of each what it is. */
const END_BYTES = LOCK.outputBytes / 2 - 60 * 15 - 90;

/** Where the first gap may be. */
function headOf(stored: readonly { offset: number; bytes: Buffer }[]): number {
  let end = 0;
  for (const { offset, bytes } of stored) {
    if (offset > end) break;
    end = offset + bytes.length;
  }
  return end;
}
