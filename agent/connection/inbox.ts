import { setTimeout } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';
import { explainIssue } from '../../words/explain-issue';
import { inEnglish } from '../../words/say';
import type { Connection } from './connection';
import type { Log } from '../process/log';
import { inboxItem, type agentError, type InboxItem } from '../protocol';

const KNOWN_KINDS = new Set<string>(inboxItem.options.map(({ shape }) => shape.kind.value));
const anyKind = z.object({ kind: z.string() });

/** More than these are not kept for a server that is away. */
const MAX_UNREPORTED = 100;

/** Whatever a server asks for. A timer of more than 24 days would fire at once, and so again and again. */
const LONGEST_PAUSE_MS = 3_600_000;

/** What the server may tell us, each with the act it asks for. */
export type InboxActs = { [Kind in InboxItem['kind']]: (item: Extract<InboxItem, { kind: Kind }>) => void };

/** What outlives a connection, so that nothing is lost with one. */
export interface InboxMemory {
  /** Oldest first. One whose answer was lost is said again. */
  unreported: z.infer<typeof agentError>[];
  /** Reports them on the connection that is open, if one is. */
  report: () => void;
}

export const createInboxMemory = (): InboxMemory => ({ unreported: [], report: () => {} });

/** Keeps an error for the server's people to see, and says it as soon as there is a connection. */
export function reportError(memory: InboxMemory, { kind, message }: z.infer<typeof agentError>, log: Log): void {
  if (memory.unreported.length >= MAX_UNREPORTED) return log.warn('too many errors wait to be reported');
  memory.unreported.push({ kind, message: message.slice(0, 2000) });
  memory.report();
}

/**
 * Reads the inbox until the connection ends. Without an inbox the agent would be deaf, so its end ends the
 * connection.
 */
export function readInbox(connection: Connection, acts: InboxActs, memory: InboxMemory, log: Log): void {
  const { client, over } = connection;
  let isReporting = false;
  client.agents.inbox.subscribe(
    // All that is true is told anew on each connection: nothing of the last one matters.
    undefined,
    {
      onData: ({ data }) => answer(data),
      onError: (error) => connection.close(error),
      onComplete: () => connection.close(over.aborted ? undefined : new Error('the server ended the inbox')),
    },
  );
  memory.report = () => void sendReports();
  memory.report();

  // `unknown`, although the type says more: a newer server sends kinds that this agent has never heard of.
  function answer(data: unknown): void {
    const item = inboxItem.safeParse(data);
    if (item.success) {
      try {
        log.debug(`told by the server: ${item.data.kind}`);
        return act(item.data);
      } catch (error) {
        return report('failed', `inbox item ${item.data.kind}: ${(error as Error).message}`);
      }
    }
    const kind = anyKind.safeParse(data).data?.kind;
    if (kind === undefined || !KNOWN_KINDS.has(kind))
      return report('unsupported', `inbox item of the kind ${JSON.stringify(kind ?? null)}`);
    report(
      'failed',
      `inbox item ${kind}: ${item.error.issues.map((issue) => [...issue.path, inEnglish(explainIssue(issue))].join(': ')).join('; ')}`,
    );
  }

  function act<Kind extends InboxItem['kind']>(item: Extract<InboxItem, { kind: Kind }>): void {
    acts[item.kind](item);
  }

  function report(kind: 'unsupported' | 'failed', message: string): void {
    log.warn(`${kind}: ${message}`);
    reportError(memory, { kind, message }, log);
  }

  async function sendReports(): Promise<void> {
    if (isReporting) return;
    isReporting = true;
    for (let next; (next = memory.unreported[0]) && !over.aborted;) {
      try {
        await client.agents.reportError.mutate(next);
      } catch (error) {
        // Without an answer the connection is over, and the next one goes on from here.
        if (!(error instanceof TRPCClientError) || !error.data) break;
        log.warn(`the error could not be reported: ${error.message}`);
        const { retryAfterSeconds } = error.data as { retryAfterSeconds?: number | null };
        if (retryAfterSeconds) {
          // The server has no room for it now: it stays ours, and so do those behind it.
          await setTimeout(Math.min(retryAfterSeconds * 1000, LONGEST_PAUSE_MS), undefined, {
            signal: over,
            ref: false,
          }).catch(() => undefined);
          continue;
        }
      }
      memory.unreported.shift();
    }
    isReporting = false;
  }
}
