/**
 * The part of the wire that is about commands. A *command* is what is to be done, a *run* is one command on one host;
 * everything here is said of runs, by an id that the server gave.
 *
 * What each side promises:
 * - The server makes the row before it tells a run, and tells it until the agent has said `received`, `rejected`,
 *   `cancelled` or anything after those. To be told a run twice is harmless.
 * - The agent has a run's id on its disk, synced, before it says `received`, the start before it starts anything, and
 *   the result before it reports it. A run that it knows it answers from there. One whose start is on disk and whose
 *   end is not is `unknown` after a crash, and never begun again.
 * - The agent says its updates and output again until a report with them was answered, and the server answers after it
 *   has committed. So a report can come twice, in other pieces: updates of a run are the same by its state, and output
 *   is the same by its offset.
 * - No clock is compared with another one's: the server says how long there is from now, the agent how long ago it was.
 */
import { z } from 'zod';
import { text } from '../wire-text';
import { wireWords } from '../wire-words';

/** Of one command: its UTF-8 JSON, kind and parameters. The server refuses to make a larger one. */
export const MAX_COMMAND_BYTES = 128 * 1024;

/**
 * Of one `commands` item: so many runs, and so many bytes of UTF-8 JSON of their commands together. What does not fit
 * is told when these have been received.
 */
export const COMMANDS_PER_ITEM = { runs: 50, bytes: 160 * 1024 } as const;

/** Of one report: so many bytes of output together, before they are base64. */
export const OUTPUT_BYTES_PER_REPORT = 96 * 1024;

/** Of one report: its UTF-8 JSON. */
export const MAX_REPORT_BYTES = 224 * 1024;

/**
 * Between the polite signal to a run that is cancelled or out of time, and the hard one. So a run is over at the agent
 * so many seconds after its time-out, and a second or two.
 */
export const GRACE_SECONDS = 10;

/**
 * One run that is due. `command` is read by the agent run for run: one that it does not know is `rejected` as
 * `malformed`, and those beside it go on.
 */
export const dueRun = z.object({
  runId: z.uuid(),
  command: z.looseObject({ kind: text(50) }),
  /** From its start. */
  timeoutSeconds: z.int().min(1).max(604_800),
  /** From now: it is not started later, and is `expired`. */
  expiresInSeconds: z.number().min(0).max(2_592_000),
});
export type DueRun = z.infer<typeof dueRun>;

/**
 * The runs that this host has not said anything of yet, the oldest first, as far as they fit. They are started in this
 * order. What is true: runs `queued` or `sent`. Told again, with what is true then, whenever the first of them change.
 */
export const commandsItem = z.object({
  kind: z.literal('commands'),
  runs: z.array(dueRun).min(1).max(COMMANDS_PER_ITEM.runs),
});

/**
 * Runs that somebody has cancelled and that this host has not ended yet, whether it was told them or not. The agent
 * answers with how each ended: `cancelled`, or a result that was there before. One that it has never heard of it
 * remembers as `cancelled`. More than fit are told when these have ended.
 */
export const cancelItem = z.object({ kind: z.literal('cancel'), runIds: z.array(z.uuid()).min(1).max(500) });

/**
 * What an agent says of a run. `received` and `running` come before the others, which are final and come once: what
 * comes later with another state is older, or the server's own guess (`unknown`, `timed_out`, `expired`) was wrong.
 */
export const runState = z.enum([
  'received',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'rejected',
  'expired',
  'unknown',
]);
export type RunState = z.infer<typeof runState>;

/** Why this machine cannot run a kind, or refuses a run. */
const WHY_NOT = ['missing_tool', 'wrong_platform', 'not_permitted', 'forbidden_here'] as const;

/** Of `rejected`: the first five. Of `failed`: the next three. Of `unknown`: `agent_stopped`. */
const runReason = z
  .enum([
    ...WHY_NOT,
    /** The agent does not know the kind, or not these parameters. */
    'malformed',
    'exit_code',
    'signal',
    'could_not_start',
    /** The agent ended in the middle of it; nobody knows how far it came. */
    'agent_stopped',
    'other',
  ])
  // Of a newer agent.
  .catch('other');

export const runUpdate = z.object({
  runId: z.uuid(),
  state: runState,
  /** How long before the report was sent this happened. The server dates it by its own clock. */
  agoMs: z.int().nonnegative(),
  /** From the start to the end, of a final state of a run that was started and whose end was seen. */
  durationMs: z.int().nonnegative().optional(),
  exitCode: z.int().optional(),
  /** As the system names it: `SIGTERM`. */
  signal: text(20).optional(),
  reason: runReason.optional(),
  /** For a person: the name of the rule of agent.yaml, the tool that is missing, what the system said. */
  detail: text(1000).optional(),
  /** The same where the agent has words for it. Since 2026-11-30. */
  said: wireWords.optional().catch(undefined),
  /**
   * Of a final state: how many bytes were written in all. A final state is said in the report that has the last byte of
   * the run's output, or later: whoever sees it has the output.
   */
  outputBytes: z.int().nonnegative().optional(),
});
export type RunUpdate = z.infer<typeof runUpdate>;

/**
 * A piece of what a run wrote. `offset` counts the bytes of both streams together, in the order in which the agent read
 * them: pieces sorted by it are the output as it was written, and those of one stream are that stream.
 *
 * Pieces of a run come in order. One that begins before the end of what is stored was sent again, perhaps in other
 * pieces: what is new of it begins there. One that begins after it stands behind a *gap*: the agent keeps the first and
 * the last half of its bound, and of what was between them sends what it can. Nobody has the bytes of a gap; its size
 * is the difference. Where the agent's disk was full the end may be missing as well: `outputBytes` says it.
 */
export const outputChunk = z.object({
  runId: z.uuid(),
  stream: z.enum(['stdout', 'stderr']),
  offset: z.int().nonnegative(),
  data: z
    .base64()
    .min(1)
    .max(Math.ceil(OUTPUT_BYTES_PER_REPORT / 3) * 4),
});
export type OutputChunk = z.infer<typeof outputChunk>;

/**
 * Input of `agents.commandUpdate`. The updates of a run are in their order, and its pieces; apply output before
 * updates. One report of an agent is under way at a time, of at most `MAX_REPORT_BYTES` of UTF-8 JSON.
 */
export const commandReport = z.object({ updates: z.array(runUpdate).max(100), output: z.array(outputChunk).max(200) });
export type CommandReport = z.infer<typeof commandReport>;

/**
 * The answer, after the commit. `over`: those of the runs in this report that are not to be started any more, because
 * they have a final state or the server does not know them. An agent that was restarted starts what it has received
 * only after it has asked by saying `received` again.
 */
export interface CommandReportAnswer {
  over: string[];
}

/**
 * The interpreters that each agent looks for, besides its default. A longer list would be one of newer agents: of what
 * an older one did not look for, it has not said that it is missing.
 */
export const USUAL_INTERPRETERS = [
  ...(['bash', 'zsh', 'ksh', 'fish', 'python3', 'perl', 'ruby', 'node', 'pwsh', 'cmd'] as const),
];

const limits = z.object({
  forbiddenKinds: z.array(text(50)).max(100),
  /** The only users that scripts may run as; null: any. */
  runAs: z.array(text(200)).max(100).nullable(),
  /** Whether the agent's own user is one of them. */
  mayRunAsItself: z.boolean().optional(),
  /** Runs at a time. */
  concurrency: z.int().min(1).max(64),
  /** Bytes of output that are kept of a run. */
  outputBytes: z.int().nonnegative(),
});

/** Part of `hello`: which commands a machine can run. Absent from agents that can run none. Nothing else is sent. */
export const commandAbilities = z.object({
  /** Kinds, by name: a newer agent has more than this server knows. */
  able: z.array(text(50)).max(100),
  unable: z
    .array(
      z.object({
        kind: text(50),
        why: z.enum(WHY_NOT),
        /** The tool that is missing, or the rule's name. */
        detail: text(300).optional(),
      }),
    )
    .max(100),
  canDryRun: z.array(text(50)).max(100),
  /** Whether `update_system` and `get_available_updates` know which updates are for security. */
  knowsSecurityUpdates: z.boolean(),
  /** Whether a script may run as another user; null when it may. */
  whyNotRunAs: z.enum(WHY_NOT).nullable(),
  /** Those found of the usual ones, the default first. */
  interpreters: z.array(text(200)).max(50),
  /** What may stand for a package: a release or a category and a slash, and one that has a security update. */
  names: z.object({ withSlash: z.boolean(), ofSecurityUpdates: z.boolean() }).optional(),
  /** What counts: what the machine's owner has set in agent.yaml, narrowed by the server's configuration. */
  lock: limits.extend({
    /** What the owner has set, which no server can change. */
    own: limits.optional(),
  }),
});
export type CommandAbilities = z.infer<typeof commandAbilities>;
