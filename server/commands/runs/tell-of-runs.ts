import type { EventBus, Events } from '../../events';

type Changed = Events['command.changed']['runs'][number];

/** Tells of what became of runs, after the commit: one event a command. */
export function tellOfRuns(events: EventBus, runs: readonly (Changed & { commandId: string })[]): void {
  const byCommand = new Map<string, Changed[]>();
  for (const { commandId, ...run } of runs) {
    const those = byCommand.get(commandId);
    if (those) those.push(run);
    else byCommand.set(commandId, [run]);
  }
  for (const [commandId, runs] of byCommand) events.emit('command.changed', { commandId, runs });
}
