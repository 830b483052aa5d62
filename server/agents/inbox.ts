import { tracked } from '@trpc/server';
import type { InboxItem } from '../../agent/protocol';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import type { AgentIdentity } from './authenticate';

/** Each connection's identity is an object of its own, so this says which connections listen. */
const listening = new WeakSet<AgentIdentity>();

/**
 * What the server has to tell a host, until the connection ends. One stream a connection: thousands on one socket would
 * be thousands of waiting generators. Throws `agent.inbox_open`.
 */
export async function* streamInbox({ agent, config, connection }: ConnectedAgent, signal: AbortSignal) {
  if (listening.has(agent)) throw new AppError('agent.inbox_open');
  listening.add(agent);
  try {
    const settings: InboxItem = { kind: 'settings', heartbeatSeconds: config.heartbeat.interval_seconds };
    yield tracked('settings', settings);
    const split = connection?.split.signal;
    await anyAborted(split ? [signal, split] : [signal]);
    if (!signal.aborted) {
      const becomeAnother: InboxItem = { kind: 'split' };
      yield tracked('split', becomeAnother);
      await anyAborted([signal]);
    }
  } finally {
    listening.delete(agent);
  }
}

// Not AbortSignal.any: Node 20 may collect it as garbage while it is waited for.
async function anyAborted(signals: AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise((resolve) => {
    for (const signal of signals) signal.addEventListener('abort', resolve, { once: true });
  });
}
