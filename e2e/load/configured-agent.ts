import type { ConfigurationReport, InboxItem } from '../../agent/protocol';
import { type Behaviour, type Channel, ORDINARY } from './simulated-agent';

/**
 * Takes whatever configuration it is told, as the agent does where nothing about connecting changes: it fetches what it
 * has not, says that it tries it, and says that it is in force.
 * @param onTaken told when the server has stored the last of that
 */
export function configuredBehaviour(onTaken: (hash: string) => void): Behaviour {
  let inForce: string | null = null;
  const report = (status: ConfigurationReport['status'], of: string | null): ConfigurationReport => {
    return { inForce, values: VALUES, locked: [], local: {}, status, of, message: '' };
  };
  async function take({ hash }: Extract<InboxItem, { kind: 'configuration' }>, { call }: Channel): Promise<void> {
    if (hash === inForce) return;
    await call('agents.configuration', undefined, 'query');
    await call('agents.configReport', report('applying', hash));
    inForce = hash;
    await call('agents.configReport', report('applied', hash));
    onTaken(hash);
  }
  return {
    ...ORDINARY,
    onInbox(item, channel) {
      // The connection is gone: it is told again on the next.
      if (item.kind === 'configuration') take(item, channel).catch(() => channel.socket.terminate());
    },
  };
}

const VALUES = { 'log.level': 'info', 'heartbeat.interval_seconds': 600 };
