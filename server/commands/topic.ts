import { z } from 'zod';
import { EVERY } from '../events';
import { hostsOfEach, hostsWith, SERVER_ITSELF } from '../hosts/visible-hosts';
import type { Services } from '../services';
import type { CommandRow, RunRow } from './command-schema';
import { findCommandRows } from './find-commands';
import { findRunRows, listSquares, MOST_SQUARES } from './runs/find-runs';
import type { OutputPiece } from './output/read-output';
import { createRecentOutput } from './output/recent-output';
import type { RunState } from './runs/run-states';

/** What a page hears of a command: how many of its runs are in which state. */
export type LiveCommand = Pick<CommandRow, 'counts'>;

/** The states of its runs, by host; of those that changed. */
export type LiveStates = Record<string, RunState>;

/** A run, and the newest of what it writes: what lies before it, the page asks for. */
export type LiveRun = RunRow & { recent?: OutputPiece[] };

const uuid = z.uuid();
const runKey = z.templateLiteral([z.uuid(), '.', z.uuid()]);

/** Of the page's topic `commandRuns`. */
const keyOf = (commandId: string, hostId: string) => `${commandId}.${hostId}`;

/**
 * What pages hear of commands. Counts and states are of all hosts: whoever sees some of them hears of runs, each by
 * itself.
 */
export function registerCommands({ hub, events, ...services }: Services): void {
  const all = { ...services, events, hub, ...SERVER_ITSELF };
  const everywhere = {
    permission: 'commands.read' as const,
    isKey: (key: string) => uuid.safeParse(key).success,
    visibleTo: async (session: Parameters<typeof hostsWith>[0]['session'], keys: readonly string[]) =>
      hostsWith({ session }, 'commands.read') ? [] : keys,
  };
  const commands = hub.register<LiveCommand>('commands', {
    ...everywhere,
    async read(ids) {
      const found = await findCommandRows(all, ids);
      return new Map(found.map(({ id, counts }) => [id, { counts }]));
    },
  });
  const states = hub.register<LiveStates>('commandStates', {
    ...everywhere,
    async read(ids) {
      const found = new Map<string, LiveStates>();
      for (const commandId of ids) {
        const { squares } = await listSquares(all, { commandId, limit: MOST_SQUARES });
        found.set(commandId, Object.fromEntries(squares.map(({ hostId, state }) => [hostId, state])));
      }
      return found;
    },
  });
  const runs = hub.register<LiveRun>('commandRuns', {
    permission: 'commands.read',
    isKey: (key) => runKey.safeParse(key).success,
    async visibleTo(session, keys) {
      const hostIds = keys.map((key) => key.split('.')[1]!);
      const [found] = await hostsOfEach(services.db, 'commands.read', [{ session, keys: hostIds }]);
      const visible = new Set(found);
      return keys.filter((_, i) => visible.has(hostIds[i]!));
    },
    async read(keys) {
      const found = new Map<string, LiveRun>();
      for (const commandId of new Set(keys.map((key) => key.split('.')[0]!))) {
        const hostIds = keys.filter((key) => key.startsWith(commandId)).map((key) => key.split('.')[1]!);
        for (const run of await findRunRows(all, commandId, hostIds)) found.set(keyOf(commandId, run.hostId), run);
      }
      return found;
    },
  });
  const recent = createRecentOutput();
  events.listen('command.changed', EVERY, ({ commandId, runs: changed }) => {
    // One of which no run has changed is new.
    commands.stale(commandId, { isNews: changed.length === 0 });
    const known = changed.flatMap(({ hostId, state }) => (state ? [[hostId, state] as const] : []));
    if (known.length > 0) states.patch(commandId, Object.fromEntries(known));
    for (const { hostId } of changed) runs.stale(keyOf(commandId, hostId));
  });
  events.listen('command.output', EVERY, ({ commandId, hostId, ...piece }) => {
    const key = keyOf(commandId, hostId);
    runs.patch(key, { recent: recent.add(key, piece) });
  });
}
