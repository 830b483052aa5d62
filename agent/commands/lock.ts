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

export type LockSettings = z.infer<typeof lockSettings>;

export interface Limits {
  forbidden: ReadonlySet<string>;
  /** Null: anybody. */
  runAs: ReadonlySet<string> | null;
  concurrency: number;
  outputBytes: number;
}

/** What counts, and what of it the owner has set. */
export interface Lock extends Limits {
  own: Limits;
}

/** The rule that a refusal names: the key of agent.yaml, or that of the server's configuration. */
export const forbiddingRule = (isOwn: boolean) => (isOwn ? 'commands.forbidden' : 'configuration.commands.forbidden');
export const usersRule = (isOwn: boolean) => (isOwn ? 'commands.run_as' : 'configuration.commands.run_as');

export const mayRunAs = ({ runAs }: Limits, user: string): boolean => !runAs || runAs.has(user);

export function readLock(settings: LockSettings = {}): Lock {
  const { forbidden = [], run_as: runAs, concurrency = 2, output_bytes: outputBytes = 1024 * 1024 } = settings;
  const own = {
    forbidden: new Set(forbidden === 'all' ? kind.options : forbidden),
    runAs: runAs ? new Set(runAs) : null,
    concurrency,
    outputBytes,
  };
  return { ...own, own };
}

/** What is left of it when the server's rules hold, too: never more. */
export function narrowLock(lock: Lock, rules: Configuration['commands'] = {}): Lock {
  const { forbidden = [], run_as: users, concurrency = Infinity, output_bytes: outputBytes = Infinity } = rules;
  return {
    forbidden: new Set([...lock.forbidden, ...forbidden]),
    runAs: users ? new Set(users.filter((user) => !lock.runAs || lock.runAs.has(user))) : lock.runAs,
    concurrency: Math.min(lock.concurrency, concurrency),
    outputBytes: Math.min(lock.outputBytes, outputBytes),
    own: lock.own,
  };
}
