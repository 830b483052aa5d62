import { once } from 'node:events';
import type { InboxItem, SentConfigurationReport } from '../../agent/protocol';
import { type Behaviour, type Channel, ORDINARY } from './simulated-agent';

/**
 * Takes whatever configuration it is told, as the agent does where nothing about connecting changes: it fetches what it
 * was not handed, sees that the server answers, and says that it is in force.
 * @param onTaken told when the server has stored that
 */
export function configuredBehaviour(onTaken: (hash: string) => void): Behaviour {
  let inForce: string | null = null;
  async function take(
    { hash, offered }: Extract<InboxItem, { kind: 'configuration' }>,
    { call, socket }: Channel,
  ): Promise<void> {
    if (hash === inForce) return;
    if (!offered) await call('agents.configuration', undefined, 'query');
    socket.ping('1');
    await once(socket, 'pong');
    const report: SentConfigurationReport = { inForce: hash };
    await call('agents.configReport', report);
    inForce = hash;
    onTaken(hash);
  }
  return {
    ...ORDINARY,
    // Hundreds of packages of each would be written meanwhile.
    facts: undefined,
    onInbox(item, channel) {
      // The connection is gone: it is told again on the next.
      if (item.kind === 'configuration') take(item, channel).catch(() => channel.socket.terminate());
    },
  };
}
