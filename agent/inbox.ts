import { z } from 'zod';
import type { Connection } from './connection';
import type { Log } from './log';
import { inboxItem, type InboxItem } from './protocol';

const KNOWN_KINDS = new Set<string>(inboxItem.options.map(({ shape }) => shape.kind.value));
const anyKind = z.object({ kind: z.string() });

/** What the server may tell us, each with the act it asks for. */
export interface InboxActs {
  settings(item: Extract<InboxItem, { kind: 'settings' }>): void;
}

/**
 * Reads the inbox until the connection ends. Without an inbox the agent would be deaf, so its end ends the
 * connection.
 */
export function readInbox(connection: Connection, acts: InboxActs, log: Log): void {
  const { client, over } = connection;
  client.agents.inbox.subscribe(undefined, {
    onData: ({ data }) => answer(data),
    onError: (error) => connection.close(error),
    onComplete: () => connection.close(over.aborted ? undefined : new Error('the server ended the inbox')),
  });

  // `unknown`, although the type says more: a newer server sends kinds that this agent has never heard of.
  function answer(data: unknown): void {
    const item = inboxItem.safeParse(data);
    if (item.success) return acts[item.data.kind](item.data);
    const kind = anyKind.safeParse(data).data?.kind;
    if (kind === undefined || !KNOWN_KINDS.has(kind))
      return report('unsupported', `inbox item of the kind ${JSON.stringify(kind ?? null)}`);
    report(
      'failed',
      `inbox item ${kind}: ${item.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ')}`,
    );
  }

  function report(kind: 'unsupported' | 'failed', message: string): void {
    log.warn(`${kind}: ${message}`);
    client.agents.reportError.mutate({ kind, message: message.slice(0, 2000) }).catch((error: unknown) => {
      if (!over.aborted) log.warn(`the error could not be reported: ${String(error)}`);
    });
  }
}
