import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
/* eslint-disable-next-line @typescript-eslint/no-restricted-imports -- Asked again at another pace than ours is, the
   server would have another load. */
import { fullJitter } from '../../../agent/connection/backoff';
import type { InboxItem, OfferedConfiguration, SentConfigurationReport } from '../../../agent/protocol';
import { ORDINARY } from './ordinary-agent';
import type { Behaviour, Channel } from './simulated-agent';

/**
 * Takes whatever configuration it is told, as the agent does where nothing about connecting changes: it fetches what it
 * was not handed, sees that the server answers, and says that it is in force. A call that fails is made again.
 * @param onTaken told when the server has stored that
 * @param onFailed told of each call that failed
 */
export function configuredBehaviour(onTaken: (hash: string) => void, onFailed: (why: string) => void): Behaviour {
  let inForce: string | null = null;
  async function patiently(channel: Channel, ...call: Parameters<Channel['call']>): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await channel.call(...call);
      } catch (error) {
        if (channel.socket.readyState !== channel.socket.OPEN) throw error;
        onFailed((error as Error).message);
        await pause(fullJitter(attempt, Math.random()));
      }
    }
  }
  async function take(told: Extract<InboxItem, { kind: 'configuration' }>, channel: Channel): Promise<void> {
    if (told.hash === inForce) return;
    const fetch = () =>
      patiently(channel, 'agents.configuration', undefined, { method: 'query' }) as Promise<OfferedConfiguration>;
    const { hash } = told.offered ? told : await fetch();
    channel.socket.ping('1');
    await once(channel.socket, 'pong');
    const report: SentConfigurationReport = { inForce: hash };
    await patiently(channel, 'agents.configReport', report);
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
