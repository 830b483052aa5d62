import type { CommandAbilities, CommandReport, RunUpdate } from '../../agent/commands/protocol';
import type { InboxItem } from '../../agent/protocol';
import { hostAbilities } from '../../db/schema';
import { streamInbox } from '../agents/inbox';
import { INBOX_SOURCES } from '../agents/inbox-sources';
import { agentOf, HELLO } from '../agents/testing';
import { createContext } from '../context';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { callerFor } from '../testing';
import type { Services } from '../services';
import { COMMAND_KINDS } from './command-schema';

/** What a machine says that can do everything. */
export const ABLE: CommandAbilities = {
  able: [...COMMAND_KINDS],
  unable: [],
  canDryRun: ['install_package', 'remove_package', 'update_system'],
  knowsSecurityUpdates: true,
  whyNotRunAs: null,
  interpreters: ['sh'],
  lock: { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1024 * 1024 },
};

export async function makeAble({ db }: Services, hostIds: string[], abilities: Partial<CommandAbilities> = {}) {
  await db.insert(hostAbilities).values(hostIds.map((hostId) => ({ hostId, abilities: { ...ABLE, ...abilities } })));
}

/** A machine that is connected, as far as commands are concerned. */
export function connectedAs(services: Services, hostId: string) {
  const agent = agentOf(hostId);
  const caller = callerFor(services, { listener: 'channel', agent });
  const context = { ...createContext(services, 'channel', new IncomingMessage(new Socket())), agent };
  return {
    /** What it is told on a new connection, until it has been told an item of that kind. */
    async told<Kind extends 'commands' | 'cancel'>(kind: Kind): Promise<Extract<InboxItem, { kind: Kind }>> {
      const ending = new AbortController();
      for await (const [, item] of streamInbox({ ...context, agent: { ...agent } }, INBOX_SOURCES, ending.signal)) {
        if (item.kind === kind) return item as Extract<InboxItem, { kind: Kind }>;
      }
      throw new Error('the inbox ended');
    },
    hello: (commands?: CommandAbilities) => caller.agents.hello({ ...HELLO, fqdn: 'host-0.example.com', commands }),
    report: (report: Partial<CommandReport>) => caller.agents.commandUpdate({ updates: [], output: [], ...report }),
    says: (runId: string, ...states: (RunUpdate['state'] | Partial<RunUpdate>)[]) =>
      caller.agents.commandUpdate({
        output: [],
        updates: states.map((said) => ({
          ...{ runId, agoMs: 0, state: 'running' as const },
          ...(typeof said === 'string' ? { state: said } : said),
        })),
      }),
    wrote: (runId: string, offset: number, text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
      caller.agents.commandUpdate({
        updates: [],
        output: [{ runId, offset, stream, data: Buffer.from(text).toString('base64') }],
      }),
  };
}
