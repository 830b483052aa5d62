import type { FoldedRun } from '../../../server/commands/runs/fold-reports';
import type { DueRun, RunUpdate } from '../protocol';
import type { Exit } from '../machine';
import type { Stream } from '../spool';

/** A row of the server. */
export interface Row {
  run: FoldedRun;
  /** When its state ends by itself; Infinity once it is over. */
  deadline: number;
  isCancelRequested: boolean;
  overAt: number;
  /** When the server itself ended it last. */
  sweptAt: number;
  /** How it ended as the agent said, and when it was heard. */
  said: RunUpdate | null;
  saidAt: number;
  /** How many deaths of the agent there were before it was made. */
  deaths: number;
  /** There were none until it was said. */
  isUndisturbed: boolean;
  stored: { stream: Stream; offset: number; bytes: Buffer }[];
}

/** What a run really does and did, which only the simulation knows. */
export interface Truth {
  due: DueRun;
  /** What it would write, when, and how it would end. */
  plan: { afterMs: number; stream: Stream; bytes: Buffer }[];
  lastsMs: number;
  exit: Exit;
  hearsPolite: boolean;
  begun: number;
  /** All that it wrote while an agent listened, and of which stream each byte was. */
  written: Buffer;
  streams: Stream[];
  /** An agent died while it ran, or before what it saw was kept. */
  isInterrupted: boolean;
  /** An agent died in the middle of a write, perhaps of the one that it begins. */
  isDoubtful: boolean;
  /** The disk was full while it wrote. */
  wasFull: boolean;
  madeAt: number;
  cancelledAt: number;
  endedAt: number;
  end?: (exit: Exit) => void;
}
