import { tracked } from '@trpc/server';
import { eq } from 'drizzle-orm';
import type { InboxItem } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import type { AgentIdentity } from './agent-identity';

/** Each connection's identity is an object of its own, so this says which connections listen. */
const listening = new WeakSet<AgentIdentity>();

/** What one item carries: of a CA and its successor, with room. */
const MAX_AUTHORITIES = 8;

/** For a host that was not connected when it was asked to renew. Coming back was spread out already. */
const RENEW_ON_RETURN_SECONDS = 5;

/**
 * What the server has to tell a host, until the connection ends. One stream a connection: thousands on one socket would
 * be thousands of waiting generators. Throws `agent.inbox_open`.
 */
export async function* streamInbox(ctx: ConnectedAgent, signal: AbortSignal) {
  const { agent, config, connection, events } = ctx;
  if (listening.has(agent)) throw new AppError('agent.inbox_open');
  listening.add(agent);
  /** The newest request says it all: nothing piles up for a slow reader. */
  let renew: Extract<InboxItem, { kind: 'renew' }> | undefined;
  let wake = () => {};
  const stop = events.listen('host.renewal_requested', agent.hostId, ({ withinSeconds }) => {
    renew = { kind: 'renew', withinSeconds };
    wake();
  });
  const split = connection?.split.signal;
  for (const end of split ? [signal, split] : [signal]) end.addEventListener('abort', () => wake(), { once: true });
  try {
    const settings: InboxItem = { kind: 'settings', heartbeatSeconds: config.heartbeat.interval_seconds };
    yield tracked('settings', settings);
    const isHeld = connection?.isHeld === true;
    const { anchors } = ctx.authority;
    if (!isHeld && anchors.length > 1) {
      const authorities: InboxItem = { kind: 'authorities', certificates: anchors.slice(0, MAX_AUTHORITIES).map(({ pem }) => pem) };
      yield tracked('authorities', authorities);
    }
    // After listening has begun, so that no request falls between the two.
    if (!isHeld && (await isRenewalRequested(ctx))) renew ??= { kind: 'renew', withinSeconds: RENEW_ON_RETURN_SECONDS };
    let isSplitTold = false;
    while (!signal.aborted) {
      const item = isHeld || split?.aborted ? undefined : renew;
      renew = undefined;
      if (split?.aborted && !isSplitTold) {
        isSplitTold = true;
        const becomeAnother: InboxItem = { kind: 'split' };
        yield tracked('split', becomeAnother);
      } else if (item) yield tracked('renew', item);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    listening.delete(agent);
  }
}

async function isRenewalRequested({ db, agent }: ConnectedAgent): Promise<boolean> {
  const [host] = await db.select({ at: hosts.renewalRequestedAt }).from(hosts).where(eq(hosts.id, agent.hostId));
  return host?.at != null;
}
