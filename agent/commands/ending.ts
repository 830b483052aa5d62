import type { Entry, Stop } from './entry';
import { endsTheMachine } from './has-room';
import type { Ending } from './journal';
import type { Exit } from './machine';
import type { CommandKind } from './command-kinds';

/** How a run ended by how its process did. `stop`: why it was told to. */
export function endedBy(exit: Exit, stop: Stop | undefined): Ending {
  const state = stop ?? (exit.exitCode === 0 ? 'succeeded' : 'failed');
  return { ...exit, state, reason: exit.reason ?? reasonOf(exit) };
}

function reasonOf({ exitCode, signal }: Exit): Ending['reason'] {
  if (signal !== undefined) return 'signal';
  return exitCode ? 'exit_code' : undefined;
}

/** A run that another process of the agent began: nobody saw how it ended, except that the machine went down for it. */
export function foundRunning({ due, boot }: Entry, bootNow: string): Ending {
  const hadToEnd = endsTheMachine(due?.command.kind as CommandKind | undefined);
  if (hadToEnd && boot !== bootNow) return { state: 'succeeded' };
  return { state: 'unknown', reason: 'agent_stopped' };
}
