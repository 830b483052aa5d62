import type { CommandAbilities, RunUpdate } from '../../../agent/commands/protocol';
import { ORDINARY } from './ordinary-agent';
import type { Behaviour } from './simulated-agent';

const ABLE: CommandAbilities = {
  able: ['get_system_info'],
  unable: [],
  canDryRun: [],
  knowsSecurityUpdates: false,
  whyNotRunAs: null,
  interpreters: [],
  lock: { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1024 * 1024 },
};

/** Does whatever it is told in no time: it says that it has it, and then that it is done. */
export const OBEDIENT: Behaviour = {
  ...ORDINARY,
  // Thousands that tell of their packages for the first time are another benchmark.
  facts: undefined,
  hello: (identity) => ({ ...ORDINARY.hello(identity), commands: ABLE }),
  onInbox(item, channel) {
    if (item.kind !== 'commands') return;
    const say = (states: RunUpdate['state'][]) =>
      channel.call('agents.commandUpdate', {
        updates: item.runs.flatMap(({ runId }) => states.map((state) => ({ runId, state, agoMs: 0 }))),
        output: [],
      });
    say(['received'])
      .then(() => say(['running', 'succeeded']))
      // The connection is gone: it is told again on the next.
      .catch(() => channel.socket.terminate());
  },
};
