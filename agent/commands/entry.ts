import type { Command } from './command-kinds';
import type { DueRun, RunState } from './protocol';
import type { Ending, JournalRecord } from './journal';
import type { Clock } from './machine';
import type { Spool } from './spool';

/** Why a run that goes on is being ended. */
export type Stop = 'cancelled' | 'timed_out';

/**
 * A moment by both clocks: `mono` is what nobody sets and counts while the agent runs, `wall` is for the next start.
 */
export interface Moment {
  mono: number;
  wall: number;
}

export const momentOf = (clock: Clock): Moment => ({ mono: clock.monotonicMs(), wall: clock.wallMs() });

export const later = ({ mono, wall }: Moment, ms: number): Moment => ({ mono: mono + ms, wall: wall + ms });

/** One run, as this machine knows it. What the journal has of it, and what the server has yet to hear. */
export interface Entry {
  readonly runId: string;
  state: RunState;
  /** While it can still be needed: as it was told, and as it is to be run. */
  due?: DueRun;
  command?: Command;
  receivedAt: Moment;
  startedAt?: Moment;
  overAt?: Moment;
  expiresAt: Moment;
  boot?: string;
  /** The server has taken note of it since this process began, so that it may be started. */
  isConfirmed: boolean;
  /** The server has said that it is over: it does not ask how. */
  isUnwanted?: boolean;
  stop?: Stop;
  /** How it ended. Until `isKept` the journal does not have it, and nobody is told. */
  ending?: Ending;
  isKept: boolean;
  /** Which states the server has not acknowledged, in their order. */
  unsaid: Set<'received' | 'running' | 'over'>;
  /** The server has all of it. */
  isSettled: boolean;
  /** What it wrote, while the server does not have all of that. */
  spool?: Spool;
  /** When output that may still be dropped was last sent. */
  tailSentAt: number;
}

/** One that nothing more than this is known of. */
export function newEntry(runId: string, known: Partial<Entry> & Pick<Entry, 'receivedAt' | 'expiresAt'>): Entry {
  return {
    runId,
    state: 'received',
    isConfirmed: false,
    isKept: true,
    isSettled: false,
    unsaid: new Set(),
    tailSentAt: -Infinity,
    ...known,
  };
}

/** All that is so of it is to be said, as if the server had heard nothing. */
export function unsayAll({ state, unsaid, ending, overAt }: Entry): void {
  if (state === 'received' || state === 'running') unsaid.add('received');
  if (state === 'running') unsaid.add('running');
  if (ending || overAt) unsaid.add('over');
}

/** The fewest records that say of a run what the journal is to know. */
export function recordsOf(entry: Entry): JournalRecord[] {
  const { runId, due, ending, receivedAt, startedAt, overAt, boot, isKept, isSettled } = entry;
  const expiresAt = entry.expiresAt.wall;
  if (isSettled) return [{ of: 'settled', runId, at: overAt!.wall, expiresAt, state: entry.state }];
  if (ending && isKept) return [{ of: 'over', runId, at: overAt!.wall, expiresAt, ending }];
  const received: JournalRecord = { of: 'received', due: due!, at: receivedAt.wall, expiresAt };
  return startedAt ? [received, { of: 'running', runId, at: startedAt.wall, boot: boot! }] : [received];
}
