import { fitText } from '../collect/fit';
import type { Words } from '../../words/words';
import { onWire } from '../wire-words';
import type { Ending } from './journal';
import type { Command } from './command-kinds';
import type { Stream } from './spool';

export interface Clock {
  /** Nobody sets it. Counts from any moment of this process. */
  monotonicMs(): number;
  /** Since 1970, as this machine believes. */
  wallMs(): number;
  /** Returns what takes it back. */
  after(ms: number, act: () => void): () => void;
}

/** How a process ended; `reason` when it did not even begin. */
export interface Exit {
  exitCode?: number;
  signal?: string;
  reason?: Ending['reason'];
  detail?: string;
  said?: Words | undefined;
}

export interface Processes {
  /** Both are called later than this returns, `ended` once and last. */
  start(
    runId: string,
    command: Command,
    on: { output(stream: Stream, bytes: Buffer): void; ended(exit: Exit): void },
  ): void;
  /** Tells all processes of the run to end, or ends them. */
  end(runId: string, how: 'politely' | 'at_once'): void;
  /** The time between two boots of the machine has a name. */
  readonly boot: string;
}

/** Whether this machine runs a command, and which it is. */
export type Admission = { command: Command } | { reason: NonNullable<Ending['reason']>; detail?: string; said?: Words };

/** For a person: why, in words of ours. */
export function inDetail(why: Words): { detail: string; said?: Words } {
  const { english, ...said } = onWire(why);
  return { detail: fitText(english, 1000), ...said };
}
