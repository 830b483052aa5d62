import { tracked } from '@trpc/server';
import type { InboxItem } from '../../agent/protocol';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import type { AgentIdentity } from './agent-identity';

type Kind = InboxItem['kind'];

/** What is true now. */
export interface Truth<K extends Kind> {
  /** One and the same as long as the same is true: what a connection was told is not told on it again. */
  id: string;
  item: Extract<InboxItem, { kind: K }>;
  /** What is to be kept before it is told. What fails then is told to nobody. */
  before?: () => Promise<void>;
}

/**
 * Answers what there is to tell the machine at the end of a connection now, or null. It is asked when the inbox is
 * opened, and whenever `inbox.changed` names its kind; what happened in between does not matter.
 */
export type Source<K extends Kind> = (ctx: ConnectedAgent) => Truth<K> | null | Promise<Truth<K> | null>;

/** One for each kind on the wire, in the order in which an inbox that is opened asks them. */
export type Sources = { readonly [K in Kind]: Source<K> };

/** An inbox is not gone on with: all that is true is told anew on each connection. It is told twice with each item. */
const NO_PLACE = '0';

/** Each connection's identity is an object of its own, so this says which connections listen. */
const listening = new WeakSet<AgentIdentity>();

/**
 * What the server has to tell a machine, until the connection ends. However often something changes and however slowly
 * the machine reads, at most one look a kind is due. One stream a connection: thousands on one socket would be
 * thousands of waiting generators. Throws `agent.inbox_open`.
 */
export async function* streamInbox(ctx: ConnectedAgent, sources: Sources, signal: AbortSignal) {
  const { agent, events } = ctx;
  if (listening.has(agent)) throw new AppError('agent.inbox_open');
  listening.add(agent);
  const due = new Set(Object.keys(sources) as Kind[]);
  const told = new Map<Kind, string | undefined>();
  let wake = () => {};
  // Before the first look, so that no change falls between the two.
  const stop = events.listen('inbox.changed', agent.hostId, ({ kind }) => {
    due.add(kind);
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const [kind] = due;
      if (kind === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      due.delete(kind);
      const truth = await sources[kind](ctx);
      const isNews = truth !== null && truth.id !== told.get(kind);
      told.set(kind, truth?.id);
      if (!isNews || signal.aborted) continue;
      await truth.before?.();
      if (!signal.aborted) yield tracked<InboxItem>(NO_PLACE, truth.item);
    }
  } finally {
    stop();
    listening.delete(agent);
  }
}
