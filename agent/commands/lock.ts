import { z } from 'zod';
import type { Configuration } from '../configuration/schema';
import { commandKind as kind } from './command-kinds';

/**
 * `commands` of agent.yaml: what the machine's owner allows. No server can change it, and no command reads it from
 * anywhere else.
 */
export const lockSettings = z.strictObject({
  /** Kinds that are never run here; `all` for all of them. */
  forbidden: z.union([z.literal('all'), z.array(kind)]).optional(),
  /** The only users that scripts may run as. The agent's own is one of them, or not. */
  run_as: z.array(z.string().min(1).max(200)).max(100).optional(),
  /** Runs at a time. */
  concurrency: z.int().min(1).max(64).optional(),
  /** Bytes of output that are kept of a run: its first and its last half. */
  output_bytes: z
    .int()
    .min(0)
    .max(64 * 1024 * 1024)
    .optional(),
});

export interface Lock {
  forbidden: ReadonlySet<string>;
  /** Null: anybody. */
  runAs: ReadonlySet<string> | null;
  concurrency: number;
  outputBytes: number;
}

export function readLock(settings: z.infer<typeof lockSettings> = {}): Lock {
  const { forbidden = [], run_as: runAs, concurrency = 2, output_bytes: outputBytes = 1024 * 1024 } = settings;
  return {
    forbidden: new Set(forbidden === 'all' ? kind.options : forbidden),
    runAs: runAs ? new Set(runAs) : null,
    concurrency,
    outputBytes,
  };
}

/** What is left of it when the server's rules hold, too: never more. */
export function narrowLock(lock: Lock, rules: Configuration['commands'] = {}): Lock {
  const { forbidden = [], run_as: users, concurrency = Infinity, output_bytes: outputBytes = Infinity } = rules;
  return {
    forbidden: new Set([...lock.forbidden, ...forbidden]),
    runAs: users ? new Set(users.filter((user) => !lock.runAs || lock.runAs.has(user))) : lock.runAs,
    concurrency: Math.min(lock.concurrency, concurrency),
    outputBytes: Math.min(lock.outputBytes, outputBytes),
  };
}
