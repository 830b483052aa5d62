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
export async function* streamInbox({ agent, config }: ConnectedAgent, signal: AbortSignal) {
  if (listening.has(agent)) throw new AppError('agent.inbox_open');
  listening.add(agent);
  try {
    const settings: InboxItem = { kind: 'settings', heartbeatSeconds: config.heartbeat.interval_seconds };
    yield tracked('settings', settings);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    listening.delete(agent);
  }
}
