import { inArray, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { GRACE_SECONDS } from '../../../agent/commands/protocol';
import { commandRuns } from '../../../db/schema';

/** Of a run that is not over. */
const OPEN = ['queued', 'sent', 'received', 'running'] as const;

/** After which states each may come. The only place that says so, in JavaScript and in SQL. */
const AFTER = {
  queued: [],
  // Said again on each connection, until the machine answers.
  sent: ['queued', 'sent'],
  received: ['queued', 'sent'],
  // A machine that was away for longer than the deadline may still be at it.
  running: ['queued', 'sent', 'received', 'unknown'],
  // The machine's own word, however late it comes, is better than none.
  succeeded: [...OPEN, 'unknown', 'timed_out'],
  failed: [...OPEN, 'unknown', 'timed_out'],
  timed_out: [...OPEN, 'unknown'],
  cancelled: [...OPEN, 'unknown', 'timed_out'],
  rejected: [...OPEN, 'unknown'],
  expired: [...OPEN, 'unknown'],
  // What was never told to the machine is certain.
  unknown: ['sent', 'received', 'running'],
} as const satisfies Record<string, readonly string[]>;

/** The reasons of an `unknown` that is the server's own guess: nothing was heard of it by its deadline, … */
export const NOT_REPORTED = 'not_reported';
/** … or its command's secret, which this server cannot open, can be told to nobody. */
export const SECRET_LOST = 'secret_lost';

export const isGuess = (run: { state: RunState; reason: string | null }): boolean =>
  run.state === 'unknown' && (run.reason === NOT_REPORTED || run.reason === SECRET_LOST);

export type RunState = keyof typeof AFTER;

export const RUN_STATES = Object.keys(AFTER) as [RunState, ...RunState[]];
export const runState = z.enum(RUN_STATES);

export const mayFollow = (state: RunState, next: RunState): boolean =>
  (AFTER[next] as readonly RunState[]).includes(state);

/** Of rows of `command_run` those that may become so. */
export const mayBecome = (next: RunState): SQL => inArray(commandRuns.state, [...AFTER[next]]);

export const isOpen = (state: RunState): boolean => (OPEN as readonly RunState[]).includes(state);

/** How long a machine that is there may take to say what has happened, seconds. */
const SLACK_SECONDS = 30;

/**
 * When a state ends if nothing is heard: so long after its command expires, or after the time-out that begins with it.
 */
const LATEST = {
  queued: { after: 'expiry', seconds: 0 },
  sent: { after: 'expiry', seconds: SLACK_SECONDS },
  received: { after: 'expiry', seconds: SLACK_SECONDS },
  running: { after: 'timeout', seconds: GRACE_SECONDS + SLACK_SECONDS },
} as const satisfies Record<(typeof OPEN)[number], { after: 'expiry' | 'timeout'; seconds: number }>;

/** The same of rows of `command`, by the database's clock. */
export const DEADLINES = Object.fromEntries(
  Object.entries(LATEST).map(([state, { after, seconds }]) => [
    state,
    after === 'expiry'
      ? sql`"command"."expires_at" + make_interval(secs => ${seconds}::int)`
      : sql`now() + make_interval(secs => "command"."timeout_seconds" + ${seconds}::int)`,
  ]),
) as Record<(typeof OPEN)[number], SQL>;

/** The same of a run that becomes so now, in milliseconds; Infinity for what is over. */
export function deadlineOf(
  state: RunState,
  { expiresAt, timeoutMs, now }: { expiresAt: number; timeoutMs: number; now: number },
): number {
  if (!isOpen(state)) return Infinity;
  const { after, seconds } = LATEST[state as keyof typeof LATEST];
  return (after === 'expiry' ? expiresAt : now + timeoutMs) + seconds * 1000;
}

const which = (is: (state: RunState) => boolean): SQL => inArray(commandRuns.state, RUN_STATES.filter(is));

/** Whether its machine is to be told: until it has answered. In JavaScript and in SQL, as what follows. */
export const isDue = (state: RunState): boolean => state === 'queued' || state === 'sent';
export const DUE = which(isDue);

/** Whether it ends as soon as somebody cancels it: what a machine may have, that machine ends. */
export const endsWhenCancelled = (state: RunState): boolean => state === 'queued';
export const ENDS_WHEN_CANCELLED = which(endsWhenCancelled);

/** What it is past its deadline. What no machine was told is certain; of everything else nobody knows. */
export const whenPast = (state: RunState): { state: RunState; reason?: string } =>
  mayFollow(state, 'unknown') ? { state: 'unknown', reason: NOT_REPORTED } : { state: 'expired' };
export const UNKNOWN_WHEN_PAST = which((state) => whenPast(state).state === 'unknown');
