import type { Folded, FoldedRun, Report } from '../../../server/commands/runs/fold-reports';
import type { RunState as RowState } from '../../../server/commands/runs/run-states';
import type { RunState } from '../protocol';
import type { Runs, RunsOptions } from '../runs';
import type { Random } from './testing-random';
import type { Row, Truth } from './testing-rows';
import type { Schedule } from './testing-schedule';

/** Faults happen for so long; then everything works, and must come to its end. */
export const FAULTY_MS = 120_000;
/** The longest that a machine is away. */
export const AWAY_MS = 90_000;
/** As agent.yaml has it: runs at a time, and bytes of output. Small, so that output is longer than it now and then. */
export const LOCK = { concurrency: 2, outputBytes: 3_000 };
/** What a machine that is there may take to say what has happened. */
export const SLACK_MS = 30_000;
export const SWEEP_MS = 10_000;

const FINAL = new Set<RunState>(['succeeded', 'failed', 'timed_out', 'cancelled', 'rejected', 'expired', 'unknown']);
export const isFinal = (state: RunState) => FINAL.has(state);

/** The rules of the two ends. */
export interface Rules {
  openRuns(options: RunsOptions): Runs;
  foldReports(reports: readonly Report[], find: (runId: string) => FoldedRun | undefined): Folded;
  deadlineOf(state: RowState, times: { expiresAt: number; timeoutMs: number; now: number }): number;
  endsWhenCancelled(state: RowState): boolean;
  isDue(state: RowState): boolean;
  mayFollow(state: RowState, next: RowState): boolean;
  whenPast(state: RowState): { state: RowState; reason?: string };
}

/** How likely each kind of fault is differs from history to history: all at once hide one another. */
export interface Likely {
  crashAtWrite: number;
  crashAtEnd: number;
  cut: number;
  away: number;
  lateDelivery: number;
  serverCrash: number;
  full: boolean;
  jumps: boolean;
}

export function inventFaults({ pick, chance }: Random): Likely {
  return {
    crashAtWrite: pick([0, 0, 0.01, 0.05]),
    crashAtEnd: pick([0, 0, 0.2]),
    cut: pick([0, 0.02, 0.1]),
    away: pick([0, 0, 0.3]),
    lateDelivery: pick([0, 0.5]),
    serverCrash: pick([0, 0.03]),
    full: chance(0.2),
    jumps: chance(0.3),
  };
}

/** What all parts of a history share. */
export interface World extends Random, Schedule {
  rules: Rules;
  likely: Likely;
  /** What the machine's clock, which people set, is ahead of time: milliseconds. */
  wallOffset: number;
  truths: Map<string, Truth>;
  rows: Map<string, Row>;
  isFaulty(): boolean;
  /** A line of what happened. */
  say(line: string): void;
  /** What must not have happened. */
  wrong(what: string): void;
}

/** How long until it tries again. */
export const awayMs = ({ isFaulty, chance, between, likely }: World, most: number) =>
  isFaulty() && chance(likely.away) ? between(AWAY_MS / 3, AWAY_MS) : between(1, most);
